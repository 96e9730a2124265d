package dev.baton.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures, ten times a second, how long a write to the store takes: the bounds of promises add a multiple of the
 * measured round trip on this machine, at that moment.
 */
final class RoundTrips implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PACE = Duration.ofMillis(100);

    private final Probe probe;
    private final Consumer<Fact> journal;
    private final Thread thread = new Thread(this::measure, "demo-round-trips");
    private volatile boolean closed;

    private RoundTrips(Probe probe, Consumer<Fact> journal) {
        this.probe = probe;
        this.journal = journal;
    }

    /** Begins to measure; {@code probe} cleans up at the end. */
    static RoundTrips start(Probe probe, Consumer<Fact> journal) {
        RoundTrips roundTrips = new RoundTrips(probe, journal);
        roundTrips.thread.setDaemon(true);
        roundTrips.thread.start();
        return roundTrips;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(PATIENCE.toMillis());
            probe.cleanUp();
        } catch (IOException e) {
            journal.accept(Fact.now("trouble", Fact.DEMO).with("detail", String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void measure() {
        try {
            while (!closed) {
                long sent = System.nanoTime();
                try {
                    probe.write();
                    long nanos = System.nanoTime() - sent;
                    journal.accept(Fact.now("round-trip", Fact.DEMO).with("nanos", nanos));
                } catch (IOException e) {
                    journal.accept(Fact.now("trouble", Fact.DEMO).with("detail", "no round trip: " + e));
                }
                TimeUnit.NANOSECONDS.sleep(PACE.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
