package dev.baton.cli.demo;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The four scenes. Each waits only for its own facts; {@link Promises} judges all facts afterwards. A scene acts on the
 * candidate that leads at that moment, and continues when that act has its result: if a busy machine deposes the leader
 * in between, the scene tries again, and no promise is broken.
 */
final class Scenes {
    /** How much longer than promised the demo waits, to distinguish late from never, on the busiest machine. */
    private static final Duration EXTRA = Duration.ofMinutes(2);

    private static final int ATTEMPTS = 5;

    private final Plan plan;
    private final Cast cast;
    private final Journal journal;
    private final Screen screen;

    Scenes(Plan plan, Cast cast, Journal journal, Screen screen) {
        this.plan = plan;
        this.cast = cast;
        this.journal = journal;
        this.screen = screen;
    }

    void play() throws IOException, InterruptedException, BrokenScene {
        elected();
        handedOver();
        killed();
        Fact last = stopped();
        screen.hush();
        cast.leave(cast.named(last.who()));
    }

    private void elected() throws IOException, InterruptedException, BrokenScene {
        scene(1, plan.candidates() + " candidates, and one of them leads");
        cast.enter(plan.candidates());
        awaited("a first leader", plan.timing().leaseDuration(), facts -> newest(facts, "term-started"));
        leading();
    }

    private void handedOver() throws IOException, InterruptedException, BrokenScene {
        scene(2, "The leader is asked to hand over");
        struck(plan.timing().retryPeriod(), this::askToStepDown, (leader, fact) -> {});
    }

    private Fact askToStepDown(Actor leader, Fact term) throws InterruptedException, BrokenScene {
        leader.tell("step-down");
        return await(
                "an answer of " + leader.name(),
                facts -> facts.stream()
                        .filter(fact -> fact.sameTerm(term) && (fact.is("term-draining") || fact.is("term-ended")))
                        .findFirst());
    }

    private void killed() throws IOException, InterruptedException, BrokenScene {
        scene(3, "kill -9 of the leader");
        Act kill =
                struck(failover(), (leader, term) -> leader.kill(term.token()), (victim, fact) -> cast.replace(victim));
        cast.replace(cast.named(kill.done().who()));
        leading();
    }

    private Fact stopped() throws IOException, InterruptedException, BrokenScene {
        scene(4, "The leader stands still until another leads, then goes on");
        Act stop =
                struck(failover(), (leader, term) -> leader.stop(term.token()), (sleeper, fact) -> sleeper.carryOn());
        Fact term = stop.done();
        await(
                "a write by the successor of " + term.who(),
                facts -> newest(facts, "ledger-accepted")
                        .filter(write -> write.token().compareTo(term.token()) > 0));
        cast.named(term.who()).carryOn();
        await("the stale write of " + term.who(), facts -> newestOf(term, facts, "stale-write"));
        await("the end of its term", facts -> newestOf(term, facts, "term-ended"));
        return newest(journal.all(), "term-started").orElse(term);
    }

    /**
     * Acts on the candidate that leads, and waits for the successor. If the leader lost its term by the rules a moment
     * before, the act is undone, and repeated on the next leader.
     */
    private Act struck(Duration bound, Deed deed, Undoing undoing)
            throws IOException, InterruptedException, BrokenScene {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Fact term = leading();
            Actor leader = cast.named(term.who());
            Fact done = deed.to(leader, term);
            awaited(
                    "the successor of " + term.who(),
                    bound,
                    facts -> Optional.of(new Act(done, facts))
                            .filter(tried -> !isAct(done)
                                    || !tried.struck()
                                    || tried.successor().isPresent())
                            .map(Act::done));
            Act act = new Act(done, journal.all());
            if (isAct(done) && act.struck()) {
                return act;
            }
            undoing.of(leader, done);
        }
        throw new BrokenScene(
                ATTEMPTS + " leaders lost their terms before anything could be done to them: this machine is"
                        + " too busy for a renewDeadline of "
                        + ElectionTiming.text(plan.timing().renewDeadline())
                        + "; raise --lease-duration and --renew-deadline");
    }

    private static boolean isAct(Fact fact) {
        return Act.handOver().or(Act.kill()).or(Act.stop()).test(fact);
    }

    private void scene(int number, String title) {
        screen.flush();
        journal.add(Fact.now("scene", Fact.DEMO).with("number", (long) number).with("title", title));
    }

    /**
     * Waits for a leader that has written and that all others see; for another, if that one loses its term meanwhile.
     */
    private Fact leading() throws InterruptedException, BrokenScene {
        List<String> alive = cast.alive().stream().map(Actor::name).toList();
        return await("a leader that writes and that all others see", facts -> leading(facts, alive));
    }

    static Optional<Fact> leading(List<Fact> facts, List<String> alive) {
        return newest(facts, "term-started")
                .filter(term -> newestOf(term, facts, "term-ended").isEmpty())
                .filter(term -> newestOf(term, facts, "ledger-accepted").isPresent())
                .filter(term -> alive.stream().allMatch(name -> name.equals(term.who()) || sees(name, term, facts)));
    }

    private static boolean sees(String name, Fact term, List<Fact> facts) {
        return last(facts, fact -> fact.is("new-leader") && fact.by(name))
                .filter(seen -> seen.text("holder").equals(term.who()))
                .isPresent();
    }

    private <T> T awaited(String what, Duration bound, Function<List<Fact>, Optional<T>> look)
            throws InterruptedException, BrokenScene {
        screen.waitFor(what, bound);
        try {
            return journal.await(what, bound.plus(EXTRA), look);
        } finally {
            screen.waitedEnough();
        }
    }

    private <T> T await(String what, Function<List<Fact>, Optional<T>> look) throws InterruptedException, BrokenScene {
        return journal.await(what, EXTRA, look);
    }

    /** Waits by the timing's promise, even if the options name a shorter bound: the scene must end to be measured. */
    private Duration failover() {
        return plan.ownPromises().failoverBound(journal.all());
    }

    private static Optional<Fact> newest(List<Fact> facts, String type) {
        return last(facts, fact -> fact.is(type));
    }

    private static Optional<Fact> newestOf(Fact term, List<Fact> facts, String type) {
        return last(facts, fact -> fact.is(type) && fact.sameTerm(term));
    }

    private static Optional<Fact> last(List<Fact> facts, Predicate<Fact> wanted) {
        for (int i = facts.size() - 1; i >= 0; i--) {
            if (wanted.test(facts.get(i))) {
                return Optional.of(facts.get(i));
            }
        }
        return Optional.empty();
    }

    /** An action on a leader; returns the fact of the action. */
    private interface Deed {
        Fact to(Actor leader, Fact term) throws IOException, InterruptedException, BrokenScene;
    }

    /** Undoes an action that did not meet a valid term. */
    private interface Undoing {
        void of(Actor actor, Fact done) throws IOException, InterruptedException;
    }
}
