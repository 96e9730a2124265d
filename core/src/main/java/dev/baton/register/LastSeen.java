package dev.baton.register;

import dev.baton.register.Register.Entry;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one process has last seen of one register, and when by its own clock: the only basis for taking over from a
 * holder.
 *
 * <p>Observations are ordered by revision. A restored store repeats revisions: there another record is another
 * observation. A holder is alive while its record changes: every write of a holder changes it, and an edit of other
 * fields in the store is no sign of life. Times that other candidates wrote are compared for equality only. Within one
 * leadership the duration counted never shrinks. A record that vanished still belongs to its holder until the lease last
 * seen has run out.
 *
 * @param entry what was last seen, or null when there was nothing
 * @param revision of that observation
 * @param seenAt when its record was first seen
 * @param leaseNanos how long from then a candidate waits for its holder; 0 when there is none
 */
record LastSeen(@Nullable Entry entry, long revision, Moment seenAt, long leaseNanos) {

    static LastSeen of(@Nullable Entry entry, long revision, Moment now) {
        return new LastSeen(entry, revision, now, lease(entry));
    }

    /** The observation after {@code next}; one that is older than this changes nothing. */
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

    /** Whether the same revision shows something else: no record, or, after a restore, another record. */
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

    /** How much longer a candidate waits for the holder; zero when a successor may take over now. */
    Duration wait(Moment now) {
        long left = leaseNanos - now.nanosSince(seenAt);
        return Duration.ofNanos(Math.max(0, left));
    }

    /** Whether the record's lease is longer than any that a candidate may have. */
    boolean isEndless() {
        return leaseNanos > ElectionTiming.LONGEST.toNanos();
    }

    private static long lease(@Nullable Entry entry) {
        return entry == null || entry.record().isFree()
                ? 0
                : Moment.boundedNanos(entry.record().leaseDuration());
    }
}
