package dev.baton.event;

import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One event of one candidate, as data: the same for logs, recordings and checkers.
 *
 * @param at when, on this process's clocks
 * @param type the kind of event
 * @param election the contest
 * @param identity the candidate
 * @param token the term's token, for events of a term
 * @param validUntil until when the term is valid unless renewed, for {@link Type#TERM_STARTED} and {@link Type#RENEWED}
 * @param holder the leader, for {@link Type#NEW_LEADER}
 * @param reason why, for {@link Type#TERM_DRAINING} and {@link Type#TERM_ENDED}
 * @param detail more for display, or null
 */
public record ElectionEvent(
        Moment at,
        Type type,
        ElectionName election,
        String identity,
        @Nullable FencingToken token,
        @Nullable Moment validUntil,
        @Nullable String holder,
        @Nullable EndReason reason,
        @Nullable String detail) {

    /** What can happen. */
    public enum Type {
        /** The candidate began to contend. */
        STARTED,
        /** A term began: valid from now. */
        TERM_STARTED,
        /** The term was renewed. */
        RENEWED,
        /** The term was asked to hand over. */
        TERM_DRAINING,
        /** The term is over. */
        TERM_ENDED,
        /** onStartedLeading began to run. */
        WORK_STARTED,
        /** onStartedLeading returned or threw. */
        WORK_RETURNED,
        /** onStoppedLeading returned or threw. */
        WORK_STOPPED,
        /** A claim is owed: the candidate withdraws it until the store confirms. */
        CLAIM_OWED,
        /** The store confirmed that the claim is gone. */
        CLAIM_WITHDRAWN,
        /** Another candidate, or this one, is seen to lead. */
        NEW_LEADER,
        /** No candidate is seen to lead. */
        NO_LEADER,
        /** The store stopped answering. */
        UNREACHABLE,
        /** The store answers again. */
        REACHABLE,
        /** The watch is live: changes in the store arrive as they happen. */
        WATCHING,
        /** The watch is not live: the candidate polls instead. */
        POLLING,
        /** The store offered a token no greater than one already seen: it went back in time. */
        TOKEN_REFUSED,
        /** The candidate will not contend until resumed. */
        PAUSED,
        /** The candidate contends again. */
        RESUMED,
        /** The candidate is closed and owes the store nothing. */
        STOPPED;

        /** {@code term-started} for {@link #TERM_STARTED}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One line of JSON, without a line break: {@code {"at":"2026-01-02T03:04:05.123456Z","mono":123,"type":"renewed",…}}.
     * Names are as they are; what is not {@linkplain Printable printable} in them is escaped as JSON has it.
     */
    public String toJson() {
        StringBuilder json = new StringBuilder(256).append('{');
        Json.field(json, "at", at.wall().toString());
        Json.field(json, "mono", at.nanos());
        Json.field(json, "type", type.text());
        Json.field(json, "election", election.toString());
        Json.field(json, "identity", identity);
        Json.field(json, "token", token == null ? null : token.toString());
        if (validUntil != null) {
            Json.field(json, "validUntil", validUntil.nanos());
        }
        Json.field(json, "holder", holder);
        Json.field(json, "reason", reason == null ? null : reason.name());
        Json.field(json, "detail", detail);
        return json.append('}').toString();
    }

    /** A {@linkplain Printable printable} sentence for a log: {@code orders/reconciler: app-1 new-leader holder=app-2}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(160)
                .append(election)
                .append(": ")
                .append(Printable.value(identity))
                .append(' ')
                .append(type.text());
        if (token != null) {
            text.append(" token=").append(token.shortText());
        }
        if (holder != null) {
            text.append(" holder=").append(Printable.value(holder));
        }
        if (reason != null) {
            text.append(" reason=").append(reason);
        }
        if (detail != null) {
            text.append(": ").append(Printable.text(detail));
        }
        return text.toString();
    }
}
