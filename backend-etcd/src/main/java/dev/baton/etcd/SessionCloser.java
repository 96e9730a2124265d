package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last request of a session that is closed, when its timers are gone already: to revoke what it leaves.
 *
 * @param channel the connection, or null when there is none
 */
record SessionCloser(@Nullable Channel channel, List<Long> leases, Duration patience) {
    /** Asks and waits for the answers for a while. */
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
