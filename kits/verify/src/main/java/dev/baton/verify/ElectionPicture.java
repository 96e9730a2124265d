package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.verify.picture.Timeline;
import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Lane;
import dev.baton.verify.picture.Timeline.Mark;
import dev.baton.verify.picture.Timeline.Tone;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** One election's history as a timeline: a lane a candidate, its terms as bars. */
public final class ElectionPicture {
    private static final DateTimeFormatter TO_SECONDS =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TO_MILLIS =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final ElectionHistory history;
    private final Clocks clocks;
    private final List<Span> gaps;
    private final long bound;
    private final Staging staging;

    private ElectionPicture(ElectionHistory history, Premises premises, Staging staging) {
        this.history = history;
        this.clocks = history.clocks();
        this.gaps = LeaderWithinBound.gaps(history);
        this.bound = premises.failoverBound().toNanos();
        this.staging = staging;
    }

    /** The picture of {@code history}. */
    public static Timeline of(ElectionHistory history, Premises premises) {
        return of(history, premises, Staging.PLAIN);
    }

    /** The picture of {@code history}, laid out by {@code staging}, with its disturbances. */
    public static Timeline of(ElectionHistory history, Premises premises, Staging staging) {
        return new ElectionPicture(history, premises, staging).timeline();
    }

    private Timeline timeline() {
        Map<String, Lane> lanes = new LinkedHashMap<>();
        history.runs().forEach(run -> fill(lanes.computeIfAbsent(staging.lane().apply(run.name()), Lane::named), run));
        Set<String> candidates = Set.copyOf(lanes.keySet());
        for (Disturbance done : staging.disturbances()) {
            disturb(lanes.computeIfAbsent(done.lane(), Lane::named), done, candidates.contains(done.lane()));
        }
        lanes.values().forEach(lane -> lane.marks().sort(Comparator.comparingLong(Mark::at)));
        history.unheard().forEach(holder -> lanes.put(Printable.value(holder), seen(holder)));
        long from = history.begin();
        long to = history.terms().stream().mapToLong(term -> term.end(clocks)).reduce(history.end(), Math::max);
        long margin = Math.max(1, (to - from) / 80);
        return new Timeline(from - margin, to + margin, tick(to - from), List.copyOf(lanes.values()), bands());
    }

    /** A candidate's lane has text enough below its bars; other lanes have room for labels. */
    private void disturb(Lane lane, Disturbance done, boolean toCandidate) {
        String tip = done.what() + " for " + Words.span(done.to() - done.from()) + "\nfrom "
                + Words.time(history.wall(done.from()));
        lane.bars().add(new Bar(done.from(), done.to(), Tone.DISTURBED, toCandidate ? done.what() : "", tip));
        if (!toCandidate) {
            lane.marks().add(new Mark(done.from(), Tone.FAULT, done.what(), tip));
        }
    }

    private List<Bar> bands() {
        List<Bar> bands = new ArrayList<>();
        for (Span gap : gaps) {
            if (gap.length() > bound) {
                bands.add(new Bar(
                        gap.from(), gap.to(), Tone.GAP, "", "no candidate led for " + Words.span(gap.length())));
            }
        }
        for (Term[] pair : OneLeader.together(history)) {
            long from = pair[1].start(clocks);
            long to = Math.min(pair[0].end(clocks), pair[1].end(clocks));
            bands.add(new Bar(from, to, Tone.WRONG, "", pair[0] + " and " + pair[1] + ": " + Words.span(to - from)));
        }
        return bands;
    }

    private void fill(Lane lane, CandidateRun run) {
        for (Term term : history.termsOf(run)) {
            bars(lane, term);
        }
        Spells spells = new Spells(run, clocks);
        for (Span span : spells.unreachable()) {
            String tip = "the store did not answer for " + Words.span(span.length());
            lane.lines().add(new Bar(span.from(), span.to(), Tone.CUT_OFF, "", tip));
        }
        for (Span span : spells.paused()) {
            lane.lines().add(new Bar(span.from(), span.to(), Tone.PAUSED, "", "paused"));
        }
        run.log().forEach(logged -> mark(lane, logged.event()));
    }

    private void bars(Lane lane, Term term) {
        long start = term.start(clocks);
        long end = term.end(clocks);
        String label = Words.token(term.token());
        EndReason reason = term.reason();
        String tip = term + "\n" + Words.span(end - start) + " from "
                + Words.time(term.began().event().at().wall())
                + (reason == null ? "\nthe logs do not show its end" : "\n" + reason.text());
        if (term.ended() == null) {
            long known = Math.min(
                    end,
                    Math.max(start, clocks.position(term.run().last().event().at())));
            lane.bars().add(new Bar(start, known, Tone.TERM, label, tip));
            lane.bars().add(new Bar(known, end, Tone.ASSUMED, "", tip));
            return;
        }
        Moment draining = term.draining();
        lane.bars().add(new Bar(start, end, Tone.TERM, label, tip));
        if (draining != null && clocks.position(draining) < end) {
            lane.bars().add(new Bar(clocks.position(draining), end, Tone.DRAINING, "", "hands over\n" + tip));
        }
    }

    private void mark(Lane lane, ElectionEvent event) {
        long at = clocks.position(event.at());
        String tip = event.type().text() + " at " + Words.time(event.at().wall())
                + (event.detail() == null ? "" : "\n" + Printable.text(event.detail()));
        EndReason reason = event.reason();
        switch (event.type()) {
            case TERM_ENDED -> {
                if (reason != null && reason.isUnwanted()) {
                    String word = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                    lane.marks().add(new Mark(at, Tone.FAULT, word, tip));
                }
            }
            case UNREACHABLE -> lane.marks().add(new Mark(at, Tone.FAULT, "unreachable", tip));
            case TOKEN_REFUSED -> lane.marks().add(new Mark(at, Tone.FAULT, "token refused", tip));
            case STARTED -> lane.marks().add(new Mark(at, Tone.EVENT, "starts", tip));
            case STOPPED -> lane.marks().add(new Mark(at, Tone.EVENT, "stops", tip));
            case PAUSED -> lane.marks().add(new Mark(at, Tone.EVENT, "pauses", tip));
            case RESUMED -> lane.marks().add(new Mark(at, Tone.EVENT, "resumes", tip));
            default -> {
                // A picture of all events would show too little of each.
            }
        }
    }

    private Lane seen(String holder) {
        Lane lane = Lane.named(Printable.value(holder));
        for (CandidateRun run : history.runs()) {
            for (Span span : new Spells(run, clocks).sees(holder)) {
                lane.bars()
                        .add(new Bar(
                                span.from(),
                                span.to(),
                                Tone.SEEN,
                                "no log; seen by " + run.name(),
                                "seen leading by " + run.name() + "; there is no log of it"));
            }
        }
        return lane;
    }

    /** Ticks with wall-clock times, on either time line. */
    private LongFunction<String> tick(long length) {
        DateTimeFormatter format = length < 10_000_000_000L ? TO_MILLIS : TO_SECONDS;
        return at -> format.format(history.wall(at));
    }
}
