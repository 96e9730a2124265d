package dev.baton.cli.demo;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What was done to a leader, and the facts that belong to it: those of the term that it struck, and the first term that
 * began after it. Whatever the same candidates did at another time is no answer to it.
 *
 * @param done the fact that tells it, with the term that it was meant for
 * @param facts all of them
 */
record Act(Fact done, List<Fact> facts) {

    /** Those acts among the facts that struck a leader, in the order in which they are told. */
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
     * Whether the term was valid when it was done. On a busy machine a leader can lose its term by the rules a moment
     * before: then nobody was struck, and what follows is no answer.
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

    /** What its term told after it. */
    Stream<Fact> afterwards(String type) {
        return ofItsTerm(type).filter(fact -> fact.mono() >= done.mono());
    }

    /** What its term told after its process was allowed to go on; nothing if it never was. */
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
