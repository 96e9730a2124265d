package dev.baton.migration;

import dev.baton.spi.Answer;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Combines two grants into one. */
final class DualGrant {
    private DualGrant() {}

    /**
     * A grant that lasts no longer than either of the two, on either clock: from the earlier sentAt until the earlier
     * end of both guarantees.
     */
    static Answer.Granted of(Answer.Granted one, Answer.Granted other, ElectionTiming timing, FencingToken token) {
        Moment from = earlier(one.sentAt(), other.sentAt());
        Duration first = since(from, one, timing);
        Duration second = since(from, other, timing);
        return new Answer.Granted(from, first.compareTo(second) <= 0 ? first : second, token);
    }

    /**
     * The token of a term on both: the old store's while its number is below {@code raiseFrom}, then the new store's.
     * Both numbers grow from term to term, so once a leader has chosen the new store's token, no later leader goes
     * back.
     */
    static @Nullable FencingToken token(@Nullable FencingToken old, @Nullable FencingToken next, long raiseFrom) {
        if (old == null) {
            return null;
        }
        return old.number() < raiseFrom ? old : next;
    }

    private static Moment earlier(Moment one, Moment other) {
        Moment first = one.isBefore(other) ? one : other;
        return new Moment(first.nanos(), Math.min(one.wallNanos(), other.wallNanos()));
    }

    /**
     * A request sent later has a guarantee that ends later by the same time, scaled for drift: the store's clock counts
     * it.
     */
    private static Duration since(Moment from, Answer.Granted granted, ElectionTiming timing) {
        Moment sentAt = granted.sentAt();
        long later = Math.min(sentAt.nanosSince(from), sentAt.wallNanos() - from.wallNanos());
        return Duration.ofNanos(
                Moment.boundedNanos(granted.guaranteedFor()) + timing.scaledNanos(Duration.ofNanos(later)));
    }
}
