package dev.baton.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/** Durations measured for one contestant, in nanoseconds, in the order measured. */
public final class Sample {
    private static final int RESAMPLES = 10_000;

    private final String name;
    private final long[] nanos;

    public Sample(String name, long[] nanos) {
        this.name = name;
        this.nanos = nanos;
    }

    public double median() {
        return quantile(0.5);
    }

    public double quantile(double q) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        double at = q * (sorted.length - 1);
        int low = (int) Math.floor(at);
        int high = (int) Math.ceil(at);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    /**
     * The value below which 95 % of the ratios of medians lie when rounds are drawn again with replacement; rounds that
     * were measured together are drawn together, since they shared the machine's mood.
     */
    public double ratioUpperBound(Sample other) {
        int rounds = Math.min(nanos.length, other.nanos.length);
        SplittableRandom random = new SplittableRandom(42);
        double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            long[] mine = new long[rounds];
            long[] theirs = new long[rounds];
            for (int j = 0; j < rounds; j++) {
                int round = random.nextInt(rounds);
                mine[j] = nanos[round];
                theirs[j] = other.nanos[round];
            }
            ratios[i] = new Sample(name, mine).median() / new Sample(other.name, theirs).median();
        }
        Arrays.sort(ratios);
        return ratios[(int) (0.95 * RESAMPLES)];
    }

    /** {@code Baton  n=200  min 3.1  median 4.2  p95 6.3  max 9.9 ms}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-22s n=%-4d min %7.2f  median %7.2f  p95 %7.2f  max %7.2f ms",
                name,
                nanos.length,
                quantile(0) / 1e6,
                median() / 1e6,
                quantile(0.95) / 1e6,
                quantile(1) / 1e6);
    }
}
