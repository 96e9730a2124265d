package dev.baton.verify;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Moment;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The history of one election, from its logs; at least one run.
 *
 * @param election the election's name
 * @param runs its candidates, by the beginning of their logs
 * @param terms by their start
 * @param clocks how times of different runs were compared
 */
public record ElectionHistory(ElectionName election, List<CandidateRun> runs, List<Term> terms, Clocks clocks) {

    public ElectionHistory {
        runs = List.copyOf(runs);
        terms = terms.stream()
                .sorted(Comparator.comparingLong((Term term) -> term.start(clocks))
                        .thenComparing(Term::token))
                .toList();
    }

    /** The time of the first event, in nanoseconds on the line of {@link #clocks()}. */
    public long begin() {
        return runs.stream()
                .mapToLong(run -> clocks.position(run.first().event().at()))
                .min()
                .orElseThrow();
    }

    /** The time of the last event. */
    public long end() {
        return runs.stream()
                .mapToLong(run -> clocks.position(run.last().event().at()))
                .max()
                .orElseThrow();
    }

    /** The time at {@code position} by the wall clock of the first run. */
    public Instant wall(long position) {
        Moment first = runs.get(0).first().event().at();
        return first.wall().plusNanos(position - clocks.position(first));
    }

    /** The uncertainty, in nanoseconds, of the distance between two terms. */
    long uncertainty(Term one, Term other) {
        return one.run().is(other.run())
                ? 0
                : clocks.uncertaintyNanos() + (clocks.oneHost() ? 0 : one.clockStep() + other.clockStep());
    }

    List<Term> termsOf(CandidateRun run) {
        return terms.stream().filter(term -> term.run().is(run)).toList();
    }

    /** Identities that a candidate saw leading, and that have no log. */
    Set<String> unheard() {
        Set<String> heard = runs.stream().map(CandidateRun::identity).collect(Collectors.toSet());
        return runs.stream()
                .flatMap(run -> run.log().stream())
                .map(LoggedEvent::event)
                .filter(event -> event.type() == Type.NEW_LEADER && event.holder() != null)
                .map(event -> String.valueOf(event.holder()))
                .filter(holder -> !heard.contains(holder))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }
}
