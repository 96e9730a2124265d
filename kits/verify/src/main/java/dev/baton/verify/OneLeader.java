package dev.baton.verify;

import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** No two terms of different runs are valid at the same moment, each by its leader's events. */
final class OneLeader implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        List<Term[]> tooClose = new ArrayList<>();
        for (Term[] pair : near(history)) {
            if (overlap(history, pair[0], pair[1]) > 0) {
                findings.add(together(history, pair[0], pair[1]));
            } else {
                tooClose.add(pair);
            }
        }
        if (!tooClose.isEmpty()) {
            findings.add(tooClose(history, tooClose));
        }
        return findings;
    }

    /** Pairs of terms that overlap by more than the clocks' uncertainty, the earlier term first. */
    static List<Term[]> together(ElectionHistory history) {
        return near(history).stream()
                .filter(pair -> overlap(history, pair[0], pair[1]) > history.uncertainty(pair[0], pair[1]))
                .toList();
    }

    /** Pairs of terms that may overlap, within the clocks' uncertainty. */
    private static List<Term[]> near(ElectionHistory history) {
        Clocks clocks = history.clocks();
        long widest = clocks.uncertaintyNanos()
                + 2 * history.terms().stream().mapToLong(Term::clockStep).max().orElse(0);
        List<Term[]> pairs = new ArrayList<>();
        List<Term> open = new ArrayList<>();
        for (Term next : history.terms()) {
            long start = next.start(clocks);
            open.removeIf(term -> term.end(clocks) + widest <= start);
            open.stream()
                    .filter(term ->
                            !term.run().is(next.run()) && term.end(clocks) + history.uncertainty(term, next) > start)
                    .forEach(term -> pairs.add(new Term[] {term, next}));
            open.add(next);
        }
        return pairs;
    }

    private static long overlap(ElectionHistory history, Term first, Term second) {
        Clocks clocks = history.clocks();
        return Math.min(first.end(clocks), second.end(clocks)) - second.start(clocks);
    }

    private static Finding together(ElectionHistory history, Term first, Term second) {
        long uncertainty = history.uncertainty(first, second);
        long overlap = overlap(history, first, second);
        List<Origin> origins = List.of(lastWord(first), second.began().origin());
        if (overlap > uncertainty) {
            return new Finding(
                    Kind.VIOLATION,
                    Rule.ONE_LEADER,
                    history.election(),
                    first + " and " + second + " were both valid for " + Words.span(overlap)
                            + (uncertainty == 0 ? "" : ", give or take " + Words.span(uncertainty)) + ", from "
                            + Words.time(second.began().event().at().wall()),
                    origins);
        }
        return new Finding(
                Kind.UNCERTAIN,
                Rule.ONE_LEADER,
                history.election(),
                first + " and " + second + " overlap by " + Words.span(overlap) + ", and the clocks may differ by "
                        + Words.span(uncertainty) + ": whether both were valid at once cannot be told",
                origins);
    }

    private static Finding tooClose(ElectionHistory history, List<Term[]> pairs) {
        Term[] closest = pairs.stream()
                .max(Comparator.comparingLong(pair -> overlap(history, pair[0], pair[1])))
                .orElseThrow();
        return new Finding(
                Kind.NOTE,
                Rule.ONE_LEADER,
                history.election(),
                Words.count(pairs.size(), "change")
                        + " of leader took less time than these clocks may differ by, so the"
                        + " logs cannot prove that one term was over before the next; none looks otherwise. The quickest took "
                        + Words.span(-overlap(history, closest[0], closest[1])) + ", from " + closest[0] + " to "
                        + closest[1],
                List.of(lastWord(closest[0]), closest[1].began().origin()));
    }

    private static Origin lastWord(Term term) {
        LoggedEvent ended = term.ended();
        return (ended == null ? term.began() : ended).origin();
    }
}
