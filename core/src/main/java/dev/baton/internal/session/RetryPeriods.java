package dev.baton.internal.session;

import java.time.Duration;
import java.util.TreeMap;

/** The retryPeriods of the claims on one session, which renews as often as the most demanding asks. For one thread. */
public final class RetryPeriods {
    private final Duration idle;
    private final TreeMap<Duration, Integer> uses = new TreeMap<>();

    /** No claim yet; {@code idle} is the period without any. */
    public RetryPeriods(Duration idle) {
        this.idle = idle;
    }

    /** A claim with this period has come. */
    public void add(Duration period) {
        uses.merge(period, 1, Integer::sum);
    }

    /** A claim with this period has left. */
    public void remove(Duration period) {
        uses.computeIfPresent(period, (known, count) -> count > 1 ? count - 1 : null);
    }

    /** Whether there is no claim. */
    public boolean isEmpty() {
        return uses.isEmpty();
    }

    /** The period without a claim. */
    public Duration idle() {
        return idle;
    }

    /** The shortest in use; the idle one without a claim. */
    public Duration shortest() {
        return uses.isEmpty() ? idle : uses.firstKey();
    }
}
