package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of one event as read, before any check. */
final class EventFields {
    @Nullable String at;

    @Nullable Long mono;

    @Nullable String type;

    @Nullable String election;

    @Nullable String identity;

    @Nullable String token;

    @Nullable Long validUntil;

    @Nullable String holder;

    @Nullable String reason;

    @Nullable String detail;

    /** @throws IllegalArgumentException naming the missing or wrong field */
    ElectionEvent toEvent() {
        long nanos = present("mono", mono);
        Moment moment = new Moment(nanos, wallNanos(present("at", at)));
        Long until = validUntil;
        return new ElectionEvent(
                moment,
                type(present("type", type)),
                ElectionName.parse(present("election", election)),
                present("identity", identity),
                token == null ? null : FencingToken.parse(token),
                until == null ? null : moment.plusNanos(validFor(until - nanos)),
                holder,
                reason == null ? null : reason(reason),
                detail);
    }

    private static long wallNanos(String at) {
        try {
            Instant wall = Instant.parse(at);
            if (wall.isBefore(Instant.EPOCH)) {
                throw new ArithmeticException("differences from times before 1970 cannot be counted");
            }
            return Math.addExact(Math.multiplyExact(wall.getEpochSecond(), 1_000_000_000L), wall.getNano());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the event's \"at\" \"" + at
                            + "\" must be a time from 1970 to 2261 such as 2026-01-02T03:04:05.123Z",
                    e);
        }
    }

    /** A term is valid for no longer than its renewDeadline; the difference of two monotonic times may wrap. */
    private static long validFor(long nanos) {
        if (nanos > ElectionTiming.LONGEST.toNanos() || nanos < -ElectionTiming.LONGEST.toNanos()) {
            throw new IllegalArgumentException(
                    "the event's \"validUntil\" must lie within a day of its \"mono\", since no term"
                            + " is valid for longer; both are nanoseconds of one clock");
        }
        return nanos;
    }

    private static <T> T present(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("the event has no \"" + name + "\"");
        }
        return value;
    }

    private static Type type(String text) {
        return Arrays.stream(Type.values())
                .filter(type -> type.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the event's type \"" + text
                        + "\" is unknown to this version; use the version of the service that wrote it"));
    }

    private static EndReason reason(String text) {
        try {
            return EndReason.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the event's reason \"" + text + "\" is unknown to this version", e);
        }
    }
}
