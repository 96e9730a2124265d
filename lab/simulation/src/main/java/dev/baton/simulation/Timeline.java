package dev.baton.simulation;

import dev.baton.event.ElectionEvent;
import dev.baton.spi.Moment;
import dev.baton.verify.EventLog;
import dev.baton.verify.LoggedEvent;
import dev.baton.verify.Origin;
import dev.baton.verify.picture.SvgTimeline;
import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Lane;
import dev.baton.verify.picture.Timeline.Tone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One world as a picture: who led when, by true time, and what struck whom. */
final class Timeline {
    private final Map<Invariants.Reign, long[]> terms = new LinkedHashMap<>();
    private final List<Struck> marks = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();
    private final List<String> rows = new ArrayList<>(List.of("world"));

    private record Struck(long at, String who, Fault fault) {}

    private record Told(long at, Node node, ElectionEvent event) {}

    void struck(long at, String who, Fault fault) {
        Struck last = marks.isEmpty() ? null : marks.get(marks.size() - 1);
        if (last != null && last.at == at && last.fault == fault) {
            marks.remove(marks.size() - 1);
        }
        marks.add(new Struck(at, who, fault));
    }

    void told(long at, Node node, ElectionEvent event) {
        told.add(new Told(at, node, event));
    }

    /** All that was told, as one log in true time: what no candidate knows, and a checker of logs can be held against. */
    EventLog log() {
        return new EventLog("world", told.stream().map(Timeline::inTrueTime).toList(), List.of());
    }

    /** A term is valid until one of the node's own clocks, fast, slow, suspended or set, shows that it is not. */
    private static LoggedEvent inTrueTime(Told told) {
        ElectionEvent event = told.event;
        String who = told.node.toString();
        Moment at = new Moment(told.at, told.at);
        Moment until = event.validUntil();
        ElectionEvent inTrueTime = new ElectionEvent(
                at,
                event.type(),
                event.election(),
                who,
                event.token(),
                until == null ? null : at.plusNanos(told.node.clock().reached(until, told.at) - told.at),
                event.holder(),
                event.reason(),
                event.detail());
        return new LoggedEvent(inTrueTime, new Origin(who, 0));
    }

    void appears(String who) {
        rows.add(who);
    }

    /** These terms are live now. */
    void sample(long at, List<Invariants.Reign> live) {
        for (Invariants.Reign reign : live) {
            terms.computeIfAbsent(reign, begun -> new long[] {at, at})[1] = at;
        }
    }

    /** The picture, of {@code outcome}. */
    String svg(Outcome outcome) {
        long length = Math.max(1, outcome.simulatedNanos());
        Map<String, Lane> lanes = new LinkedHashMap<>();
        rows.forEach(row -> lanes.put(row, Lane.named(row)));
        terms.forEach(
                (reign, span) -> lane(lanes, reign.node().toString()).bars().add(term(reign, span)));
        marks.forEach(mark -> lane(lanes, mark.who).marks().add(drawn(mark)));
        String said = outcome.violation();
        return SvgTimeline.draw(
                new dev.baton.verify.picture.Timeline(
                        0,
                        length,
                        dev.baton.verify.picture.Timeline.seconds(0),
                        List.copyOf(lanes.values()),
                        said == null ? List.of() : List.of(new Bar(length, length, Tone.WRONG, "", said))),
                "seed " + outcome.seed(),
                said == null ? "every invariant held" : said);
    }

    private Lane lane(Map<String, Lane> lanes, String name) {
        return lanes.getOrDefault(name, java.util.Objects.requireNonNull(lanes.get(rows.get(0))));
    }

    private static Bar term(Invariants.Reign reign, long[] span) {
        return new Bar(span[0], span[1], Tone.TERM, Long.toString(reign.token().number()), reign.toString());
    }

    private static dev.baton.verify.picture.Timeline.Mark drawn(Struck mark) {
        String tip = String.format(Locale.ROOT, "%s at %.3f s", mark.fault.text(), mark.at / 1e9);
        return new dev.baton.verify.picture.Timeline.Mark(mark.at, Tone.FAULT, mark.fault.text(), tip);
    }
}
