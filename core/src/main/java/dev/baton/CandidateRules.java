package dev.baton;

import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks the settings of a candidate. */
final class CandidateRules {
    private static final Duration LONGEST = Duration.ofDays(1);

    private CandidateRules() {}

    static Duration drainTimeout(Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("drainTimeout " + value
                    + " must be greater than zero and at most a day: work is interrupted halfway through it");
        }
        return value;
    }

    static Duration takeoverDelay(Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("takeoverDelay " + value
                    + " must be between zero and a day; leaseDuration is enough to make every overlap impossible");
        }
        return value;
    }

    static StartedLeading work(ElectionName election, @Nullable StartedLeading value) {
        if (value == null) {
            throw new IllegalStateException("the election " + election
                    + " has no onStartedLeading: a candidate needs something to lead; to watch only, use"
                    + " LeaderElection.observe");
        }
        return value;
    }

    static void open(ElectionName election, LockBackend backend) {
        if (backend.runtime().isClosed()) {
            throw new IllegalStateException(
                    "the " + backend.kind() + " backend is closed; open a new one for " + election);
        }
    }
}
