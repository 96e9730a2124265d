package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the last requests of a closed session, whose timers are gone already: it revokes the leases that the session
 * leaves.
 *
 * @param channel the connection, or null if there is none
 */
record SessionCloser(@Nullable Channel channel, List<Long> leases, Duration patience) {
    /** Revokes the leases, and waits up to {@code patience} for the answers. */
    void say() {
        if (channel == null || leases.isEmpty()) {
            return;
        }
        CountDownLatch answers = new CountDownLatch(leases.size());
        leases.forEach(lease -> channel.revoke(lease, reply -> answers.countDown()));
        try {
            if (!answers.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
