package dev.baton.benchmarks;

/** One measurement. */
public interface Measurement {
    /** Measures, prints, and answers whether the claims hold. */
    boolean run() throws Exception;
}
