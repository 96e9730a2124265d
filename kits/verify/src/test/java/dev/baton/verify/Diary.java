package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One candidate's log, written by a test: times are seconds of a day on which nothing else happened. */
final class Diary {
    static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    private static final long DAY = 1_790_000_000_000_000_000L;

    private final String identity;
    private final long boot;
    private final List<ElectionEvent> events = new ArrayList<>();
    private double step;

    /** @param boot by how many seconds its monotonic clock is off everybody else's */
    Diary(String identity, double boot) {
        this.identity = identity;
        this.boot = nanos(boot);
    }

    /** From here on its wall clock is off by so many seconds. */
    Diary wallClockIsOffBy(double seconds) {
        step = seconds;
        return this;
    }

    Diary says(double at, Type type) {
        return add(at, type, null, null, null, null);
    }

    Diary sees(double at, @Nullable String holder) {
        return add(at, holder == null ? Type.NO_LEADER : Type.NEW_LEADER, null, null, holder, null);
    }

    /** Begins a term, and its work. */
    Diary leads(double at, long token, double validUntil) {
        sees(at, identity);
        add(at, Type.TERM_STARTED, token, validUntil, null, null);
        return add(at + 0.001, Type.WORK_STARTED, token, null, null, null);
    }

    Diary renews(double at, long token, double validUntil) {
        return add(at, Type.RENEWED, token, validUntil, null, null);
    }

    Diary ofTerm(double at, Type type, long token) {
        return add(at, type, token, null, null, null);
    }

    Diary ends(double at, long token, EndReason reason) {
        return add(at, Type.TERM_ENDED, token, null, null, reason);
    }

    /** Asked to, stops its work, and ends its term. */
    Diary handsOver(double at, long token) {
        add(at, Type.TERM_DRAINING, token, null, null, EndReason.STEPPED_DOWN);
        workStops(at + 0.002, token);
        return ends(at + 0.005, token, EndReason.STEPPED_DOWN);
    }

    Diary workStops(double at, long token) {
        add(at, Type.WORK_RETURNED, token, null, null, null);
        return add(at + 0.001, Type.WORK_STOPPED, token, null, null, null);
    }

    /** Leaves out what {@code unwanted} picks. */
    Diary without(java.util.function.Predicate<ElectionEvent> unwanted) {
        events.removeIf(unwanted);
        return this;
    }

    List<ElectionEvent> events() {
        return events;
    }

    EventLog log() {
        return log(identity + ".jsonl", events);
    }

    static EventLog log(String name, List<ElectionEvent> events) {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(event.toJson()).append('\n'));
        try {
            return EventLog.readJsonLines(name, new StringReader(lines.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Diary add(
            double at,
            Type type,
            @Nullable Long token,
            @Nullable Double validUntil,
            @Nullable String holder,
            @Nullable EndReason reason) {
        events.add(new ElectionEvent(
                moment(at),
                type,
                ELECTION,
                identity,
                token == null ? null : new FencingToken(0, token),
                validUntil == null ? null : moment(validUntil),
                holder,
                reason,
                null));
        return this;
    }

    private Moment moment(double at) {
        return new Moment(boot + nanos(at), DAY + nanos(at + step));
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
