package dev.baton.etcd;

import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases that this process has given up while etcd may still keep them. Each is revoked until etcd confirms it. A
 * revoked lease takes its keys along, and no write that is still under way can put a key on it. In the lane.
 */
final class Revocations {
    private final Timekeeper time;
    private final Duration pause;
    private final LongConsumer revoked;
    private final Set<Long> owed = new LinkedHashSet<>();
    private @Nullable Wire wire;

    /** @param revoked runs once etcd has confirmed that a lease is gone */
    Revocations(Timekeeper time, Duration pause, LongConsumer revoked) {
        this.time = time;
        this.pause = pause;
        this.revoked = revoked;
    }

    void add(long lease) {
        if (owed.add(lease)) {
            revoke(lease);
        }
    }

    List<Long> all() {
        return List.copyOf(owed);
    }

    void connected(Wire on) {
        wire = on;
        all().forEach(this::revoke);
    }

    void disconnected() {
        wire = null;
    }

    private void revoke(long lease) {
        Wire on = wire;
        if (on == null) {
            return;
        }
        on.revoke(lease, reply -> {
            if (reply instanceof Reply.Failed<Long> failed && failed.why().kind() != Failure.Kind.LEASE_NOT_FOUND) {
                if (on == wire) {
                    time.schedule(pause, () -> again(on, lease));
                }
            } else if (owed.remove(lease)) {
                revoked.accept(lease);
            }
        });
    }

    private void again(Wire on, long lease) {
        if (on == wire && owed.contains(lease)) {
            revoke(lease);
        }
    }
}
