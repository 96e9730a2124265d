package dev.baton.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The four scenes. Each waits for what it wants to see and for nothing else; what was seen is judged afterwards, by
 * {@link Promises}.
 */
final class Scenes {
    /** How much longer than promised the demo waits, to tell late from never. */
    private static final Duration EXTRA = Duration.ofSeconds(20);

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
        Fact first = elected();
        Fact second = handedOver(first);
        Fact third = killed(second);
        Fact last = stopped(third);
        screen.hush();
        cast.leave(cast.named(last.who()));
    }

    private Fact elected() throws IOException, InterruptedException, BrokenScene {
        scene(1, plan.candidates() + " candidates, and one of them leads");
        cast.enter(plan.candidates());
        Fact leader = awaitLeader("a first leader", plan.timing().leaseDuration(), fact -> true);
        settled(leader);
        return leader;
    }

    private Fact handedOver(Fact leader) throws InterruptedException, BrokenScene {
        scene(2, "The leader is asked to hand over");
        cast.named(leader.who()).tell("step-down");
        Fact successor = awaitLeader(
                "the successor of " + leader.who(), plan.timing().retryPeriod(), fact -> !fact.by(leader.who()));
        settled(successor);
        return successor;
    }

    private Fact killed(Fact leader) throws IOException, InterruptedException, BrokenScene {
        scene(3, "kill -9 of the leader");
        Actor victim = cast.named(leader.who());
        victim.kill(leader.token());
        Fact successor = awaitLeader("the successor of " + leader.who(), failover(), fact -> after(leader, fact));
        cast.replace(victim);
        settled(successor);
        return successor;
    }

    private Fact stopped(Fact leader) throws IOException, InterruptedException, BrokenScene {
        scene(4, "The leader stands still until another leads, then goes on");
        Actor sleeper = cast.named(leader.who());
        sleeper.stop(leader.token());
        Fact successor = awaitLeader("the successor of " + leader.who(), failover(), fact -> after(leader, fact));
        awaitWrite(successor);
        sleeper.carryOn();
        await("the stale write of " + leader.who(), EXTRA, fact -> fact.is("stale-write") && fact.sameTerm(leader));
        await("the end of its term", EXTRA, fact -> fact.is("term-ended") && fact.sameTerm(leader));
        return successor;
    }

    private void scene(int number, String title) {
        screen.flush();
        journal.add(Fact.now("scene", Fact.DEMO).with("number", (long) number).with("title", title));
    }

    /** The leader has written, and all the others know who leads. */
    private void settled(Fact leader) throws InterruptedException, BrokenScene {
        awaitWrite(leader);
        for (Actor actor : cast.alive()) {
            if (!actor.name().equals(leader.who())) {
                await(
                        actor.name() + " to see that " + leader.who() + " leads",
                        EXTRA,
                        fact -> fact.is("new-leader")
                                && fact.by(actor.name())
                                && fact.text("holder").equals(leader.who()));
            }
        }
    }

    private void awaitWrite(Fact leader) throws InterruptedException, BrokenScene {
        await("a write by " + leader.who(), EXTRA, fact -> fact.is("ledger-accepted") && fact.sameTerm(leader));
    }

    private Fact awaitLeader(String what, Duration bound, Predicate<Fact> which)
            throws InterruptedException, BrokenScene {
        screen.waitFor(what, bound);
        try {
            return await(what, bound.plus(EXTRA), fact -> fact.is("term-started") && which.test(fact));
        } finally {
            screen.waitedEnough();
        }
    }

    private Fact await(String what, Duration patience, Predicate<Fact> wanted)
            throws InterruptedException, BrokenScene {
        return journal.await(what, patience, facts -> last(facts, wanted));
    }

    /** As promised by the timing, also if the demo is held to less: the scene has to come to its end to be measured. */
    private Duration failover() {
        return plan.ownPromises().failoverBound(journal.all());
    }

    private static boolean after(Fact leader, Fact fact) {
        return !fact.sameTerm(leader) && fact.mono() > leader.mono();
    }

    private static Optional<Fact> last(List<Fact> facts, Predicate<Fact> wanted) {
        for (int i = facts.size() - 1; i >= 0; i--) {
            if (wanted.test(facts.get(i))) {
                return Optional.of(facts.get(i));
            }
        }
        return Optional.empty();
    }
}
