package dev.baton.etcd;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waiting for a condition: for as long as the busiest machine may take to do what an idle one does at once. */
final class Waits {
    static final Duration LIMIT = Duration.ofMinutes(2);

    private Waits() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT);
    }
}
