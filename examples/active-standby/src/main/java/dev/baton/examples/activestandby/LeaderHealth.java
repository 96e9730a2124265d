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
 * What client-go's {@code HealthzAdaptor} tells: a leader that has not renewed for leaseDuration and 20 s more should have
 * stopped long ago, and something keeps it from stopping. A standby is healthy.
 *
 * <p>Here a term ends by itself at renewDeadline, so this is about the work of one: it hangs, deaf to interrupts, and while
 * it does this candidate does not contend either. A restart helps, which is what a liveness probe is for. That the store
 * cannot be reached is no reason for one.
 */
final class LeaderHealth implements EventSink {
    /** As kube-scheduler has it. */
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

    /** It is over, and cleaned up after. */
    void stopped() {
        working = false;
    }

    /** Whether the work of a term has begun, and is not over. */
    boolean working() {
        return working;
    }

    /** What is wrong, if anything is. */
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
