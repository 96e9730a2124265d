package dev.baton.examples.activestandby;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The check of client-go's {@code HealthzAdaptor}: a leader that has not renewed for leaseDuration and 20 s more should
 * have stopped long ago, so it is unhealthy. A standby is healthy.
 *
 * <p>Baton ends a term at renewDeadline by itself, so this check covers the term's work: work that hangs and ignores
 * interrupts. While it hangs, this candidate does not contend. A restart helps, and a liveness probe causes one. An
 * unreachable store is no reason for a restart.
 */
final class LeaderHealth implements EventSink {
    /** kube-scheduler's value. */
    private static final Duration TOLERANCE = Duration.ofSeconds(20);

    private final Timekeeper time;
    private final Duration limit;
    private volatile @Nullable Moment renewed;
    private volatile boolean working;

    LeaderHealth(Timekeeper time, ElectionTiming timing) {
        this.time = time;
        this.limit = timing.leaseDuration().plus(TOLERANCE);
    }

    @Override
    public void accept(ElectionEvent event) {
        switch (event.type()) {
            case TERM_STARTED, RENEWED -> renewed = event.at();
            default -> {}
        }
    }

    /** The work of a term begins. */
    void started() {
        working = true;
    }

    /** The work of the term has stopped, clean-up included. */
    void stopped() {
        working = false;
    }

    /** Whether the work of a term has begun and not stopped. */
    boolean working() {
        return working;
    }

    /** The fault, or empty. */
    Optional<String> trouble() {
        Moment last = renewed;
        if (!working || last == null) {
            return Optional.empty();
        }
        Duration ago = Duration.ofNanos(time.now().nanosSince(last));
        return ago.compareTo(limit) <= 0
                ? Optional.empty()
                : Optional.of("leaderElection failed: the lease was last renewed " + ElectionTiming.text(ago)
                        + " ago, and the work of that term has not stopped");
    }
}
