package dev.baton.cli.demo;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An action on a leader, and the facts that belong to it: those of the leader's term, and the first term that began
 * after the action. Facts of the same candidates at other times do not count.
 *
 * @param done the fact of the action, with the term that it was meant for
 * @param facts all facts
 */
record Act(Fact done, List<Fact> facts) {

    /** The acts in the facts that met a valid term, in the order of the facts. */
    static List<Act> in(List<Fact> facts, Predicate<Fact> which) {
        return facts.stream()
                .filter(which)
                .map(fact -> new Act(fact, facts))
                .filter(Act::struck)
                .toList();
    }

    static Predicate<Fact> handOver() {
        return fact -> fact.is("term-draining") && fact.text("reason").equals("STEPPED_DOWN");
    }

    static Predicate<Fact> kill() {
        return fact -> fact.is("signal-kill");
    }

    static Predicate<Fact> stop() {
        return fact -> fact.is("signal-stop");
    }

    /**
     * Whether the term was valid at the time of the action. On a busy machine a leader can lose its term by the rules a
     * moment before: then the act does not count.
     */
    boolean struck() {
        boolean begun = ofItsTerm("term-started").anyMatch(start -> start.mono() <= done.mono());
        boolean over = ofItsTerm("term-ended").anyMatch(end -> end.mono() < done.mono());
        return begun && !over && Term.validUntil(done, facts) > done.mono();
    }

    /** The first term after it. */
    Optional<Fact> successor() {
        return facts.stream()
                .filter(fact -> fact.is("term-started") && fact.mono() >= done.mono() && !fact.sameTerm(done))
                .min(Comparator.comparingLong(Fact::mono));
    }

    /** The facts of its term after the act. */
    Stream<Fact> afterwards(String type) {
        return ofItsTerm(type).filter(fact -> fact.mono() >= done.mono());
    }

    /** The facts of its term after its process was continued; none if it never was. */
    List<Fact> afterResumption(String type) {
        return facts.stream()
                .filter(fact -> fact.is("signal-cont") && fact.by(done.who()) && fact.mono() >= done.mono())
                .min(Comparator.comparingLong(Fact::mono))
                .map(resumed -> ofItsTerm(type)
                        .filter(fact -> fact.mono() >= resumed.mono())
                        .toList())
                .orElse(List.of());
    }

    private Stream<Fact> ofItsTerm(String type) {
        return facts.stream().filter(fact -> fact.is(type) && fact.sameTerm(done));
    }
}
