package dev.baton;

import dev.baton.driver.ElectionDriver;
import dev.baton.driver.LiveTerm;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges the health of one candidate by the status of its driver, its runtime and the clock. Any thread. */
final class HealthCheck {
    private final String kind;
    private final Duration patience;
    private final BackendRuntime runtime;
    private final ElectionDriver driver;
    private final ThreadCallbacks callbacks;

    /**
     * @param kind the kind of the backend
     * @param patience how late something may be before the candidate is unhealthy
     */
    HealthCheck(
            String kind, Duration patience, BackendRuntime runtime, ElectionDriver driver, ThreadCallbacks callbacks) {
        this.kind = kind;
        this.patience = patience;
        this.runtime = runtime;
        this.driver = driver;
        this.callbacks = callbacks;
    }

    Health health() {
        ElectionDriver.Status status = driver.status();
        String state = status.where();
        String trouble = trouble(status);
        if (trouble != null) {
            return new Health(false, state, trouble);
        }
        return new Health(true, state, describe(status));
    }

    private @Nullable String trouble(ElectionDriver.Status status) {
        if (driver.stopped().toCompletableFuture().isDone()) {
            return null;
        }
        if (runtime.isClosed()) {
            return "the " + kind + " backend of this candidate is closed; open a new one";
        }
        Duration stalled = runtime.stalled();
        if (stalled.compareTo(patience) > 0) {
            return "the election loop has not moved for " + ElectionTiming.text(stalled)
                    + ": this process is starved, or a defect holds it up";
        }
        if (status.trouble() != null) {
            return status.trouble();
        }
        Moment now = runtime.timekeeper().now();
        if (isPast(status.idleSince(), now)) {
            return "leads, but its executor has not begun onStartedLeading";
        }
        return isPast(status.wakesAt(), now) ? "what was due has not been done; this process is starved" : null;
    }

    private boolean isPast(@Nullable Moment moment, Moment now) {
        return moment != null && now.nanosSince(moment) > patience.toNanos();
    }

    private String describe(ElectionDriver.Status status) {
        LiveTerm term = status.term();
        Optional<Leadership> leads = callbacks.leadership().filter(Leadership::isValid);
        if (leads.isPresent() && term != null) {
            return "leads with token " + leads.get().fencingToken().shortText() + ", valid for "
                    + ElectionTiming.text(leads.get().remaining()) + " unless renewed";
        }
        String leader = status.holder() == null
                ? "no leader is known"
                : Printable.value(status.holder().identity()) + " leads";
        if (status.paused()) {
            return leader + "; this candidate does not contend until resumed";
        }
        return leader + (status.watched() ? "" : "; changes are polled for, not watched");
    }
}
