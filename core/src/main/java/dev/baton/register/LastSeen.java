package dev.baton.register;

import dev.baton.register.Register.Entry;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one process has seen of one register, and when by its own clock: the only basis for calling a holder dead.
 *
 * <p>Sights are ordered by revision, which a restored store repeats: there another record is another sight. A holder is
 * alive while its record changes: every write of a holder does change it, and an edit that leaves it as it was, of whatever
 * else the store keeps beside it, is no sign of life. Times written by others are compared for equality only. Within one
 * leadership the duration counted never shrinks. A record that vanished is still its holder's until the lease last seen has
 * run out.
 *
 * @param entry what was last seen, or null when there was nothing
 * @param revision of that sight
 * @param seenAt when its record was first seen
 * @param leaseNanos how long from then its holder is to be waited for; 0 when nobody is
 */
record LastSeen(@Nullable Entry entry, long revision, Moment seenAt, long leaseNanos) {

    static LastSeen of(@Nullable Entry entry, long revision, Moment now) {
        return new LastSeen(entry, revision, now, lease(entry));
    }

    /** What is known after seeing {@code next}; a sight older than this one changes nothing. */
    LastSeen then(@Nullable Entry next, long nextRevision, Moment now) {
        if (nextRevision < revision || (nextRevision == revision && !differs(next))) {
            return this;
        }
        if (next == null) {
            return new LastSeen(null, nextRevision, seenAt, leaseNanos);
        }
        if (entry != null && next.record().equals(entry.record())) {
            return new LastSeen(next, nextRevision, seenAt, leaseNanos);
        }
        long lease = lease(next);
        return new LastSeen(next, nextRevision, now, continues(next) ? Math.max(lease, leaseNanos) : lease);
    }

    /** Whether the same revision shows something else: nothing any more, or, after a restore, another record. */
    private boolean differs(@Nullable Entry next) {
        if (entry == null || next == null) {
            return (entry == null) != (next == null);
        }
        return !next.record().equals(entry.record());
    }

    /** Whether {@code next} is a renewal of the leadership seen here. */
    private boolean continues(Entry next) {
        return entry != null
                && !next.record().isFree()
                && entry.record().holderIdentity().equals(next.record().holderIdentity())
                && entry.record().nonce().equals(next.record().nonce())
                && entry.record().acquireTime().equals(next.record().acquireTime());
    }

    /** How much longer the holder is to be waited for; zero when it may be succeeded now. */
    Duration wait(Moment now) {
        long left = leaseNanos - now.nanosSince(seenAt);
        return Duration.ofNanos(Math.max(0, left));
    }

    /** Whether its holder asks to be waited for longer than any candidate may be configured to. */
    boolean isEndless() {
        return leaseNanos > ElectionTiming.LONGEST.toNanos();
    }

    private static long lease(@Nullable Entry entry) {
        return entry == null || entry.record().isFree()
                ? 0
                : Moment.boundedNanos(entry.record().leaseDuration());
    }
}
