package dev.baton.verify;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * While a candidate contends and reaches the store, a candidate leads again within the bound. A gap in which no
 * candidate can be shown to have been able to lead is reported, and breaks no promise.
 */
final class LeaderWithinBound implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        long bound = premises.failoverBound().toNanos() + history.clocks().uncertaintyNanos();
        List<Finding> findings = new ArrayList<>();
        for (Span gap : gaps(history)) {
            if (gap.length() > bound) {
                findings.add(judge(history, gap, bound));
            }
        }
        return findings;
    }

    /** The stretches in which no term was valid and no candidate without a log was seen to lead. */
    static List<Span> gaps(ElectionHistory history) {
        Clocks clocks = history.clocks();
        List<Span> taken = new ArrayList<>();
        history.terms().forEach(term -> taken.add(new Span(term.start(clocks), term.end(clocks))));
        for (String holder : history.unheard()) {
            history.runs().forEach(run -> taken.addAll(new Spells(run, clocks).sees(holder)));
        }
        for (CandidateRun late : history.runs()) {
            if (!late.hasItsBeginning()) {
                taken.addAll(seenBefore(history, late));
            }
        }
        return Span.gaps(new Span(history.begin(), history.end()), taken);
    }

    /** The stretches in which other candidates saw it leading, before its own log begins. */
    private static List<Span> seenBefore(ElectionHistory history, CandidateRun late) {
        Clocks clocks = history.clocks();
        Span before =
                new Span(Long.MIN_VALUE, clocks.position(late.first().event().at()));
        return history.runs().stream()
                .flatMap(run -> new Spells(run, clocks).sees(late.identity()).stream())
                .map(span -> span.within(before))
                .filter(span -> span.to() > span.from())
                .toList();
    }

    private static Finding judge(ElectionHistory history, Span gap, long bound) {
        String said =
                "no candidate led for " + Words.span(gap.length()) + " from " + Words.time(history.wall(gap.from()));
        for (CandidateRun run : history.runs()) {
            Optional<Span> able = new Spells(run, history.clocks())
                    .ready().stream()
                            .map(span -> span.within(gap))
                            .filter(span -> span.length() > bound)
                            .findFirst();
            if (able.isPresent()) {
                return held(
                        history,
                        gap,
                        run,
                        said + ", though " + run.name() + " contended and reached the store for "
                                + Words.span(able.get().length()) + " of it; the bound is " + Words.span(bound));
            }
        }
        return new Finding(
                Kind.NOTE, Rule.LEADER_WITHIN_BOUND, history.election(), said + ": " + excuse(history, gap), List.of());
    }

    /** A broken promise, unless the last leader may have continued to lead: its log may end before its term. */
    private static Finding held(ElectionHistory history, Span gap, CandidateRun run, String said) {
        Optional<Term> open = history.terms().stream()
                .filter(term -> term.end(history.clocks()) == gap.from() && term.ended() == null)
                .findFirst();
        boolean missed = history.runs().stream()
                .flatMap(other -> other.log().stream())
                .map(LoggedEvent::event)
                .filter(event -> event.type() == Type.NO_LEADER)
                .mapToLong(event -> history.clocks().position(event.at()))
                .anyMatch(at -> at >= gap.from() && at <= gap.to());
        if (open.isPresent() && !missed) {
            return new Finding(
                    Kind.UNCERTAIN,
                    Rule.LEADER_WITHIN_BOUND,
                    history.election(),
                    said + "; but the log of " + open.get().run().name() + " ends in its term, and if that is not"
                            + " because it died, it may have led on",
                    List.of(open.get().run().last().origin()));
        }
        return new Finding(
                Kind.VIOLATION,
                Rule.LEADER_WITHIN_BOUND,
                history.election(),
                said,
                List.of(run.first().origin()));
    }

    private static String excuse(ElectionHistory history, Span gap) {
        TreeSet<String> cutOff = new TreeSet<>();
        TreeSet<String> paused = new TreeSet<>();
        for (CandidateRun run : history.runs()) {
            Spells spells = new Spells(run, history.clocks());
            if (touches(spells.unreachable(), gap)) {
                cutOff.add(run.name());
            }
            if (touches(spells.paused(), gap)) {
                paused.add(run.name());
            }
        }
        List<String> reasons = new ArrayList<>();
        if (!cutOff.isEmpty()) {
            reasons.add("the store did not answer " + Words.list(cutOff));
        }
        if (!paused.isEmpty()) {
            reasons.add(Words.list(paused) + (paused.size() == 1 ? " was" : " were") + " paused");
        }
        return reasons.isEmpty()
                ? "no candidate can be shown to have contended and reached the store for as long as the bound"
                : String.join(", and ", reasons);
    }

    private static boolean touches(List<Span> spans, Span gap) {
        return spans.stream().anyMatch(span -> span.within(gap).length() > 0);
    }
}
