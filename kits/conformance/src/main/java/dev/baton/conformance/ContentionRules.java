package dev.baton.conformance;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Rules under contention: many candidates at once, on real threads and in real time. */
abstract class ContentionRules extends LifecycleRules {
    private static final int INSTANCES = 4;
    private static final int CANDIDATES = 20;

    /** Rules 2.1 and 2.2: elections contend, leaders step down and instances die, and no two terms are valid at once. */
    @Test
    protected void stochastic_rule2_1_noTwoLeadWhileInstancesDie(Scene scene) throws Exception {
        Random random = new Random();
        int candidates = 2 + random.nextInt(CANDIDATES - 1);
        try (Fleet fleet = new Fleet(scene)) {
            List<Party> parties = new ArrayList<>();
            for (int i = 0; i < Math.min(INSTANCES, candidates); i++) {
                parties.add(scene.party());
            }
            for (int i = 0; i < candidates; i++) {
                fleet.enter(parties.get(i % parties.size()), "candidate-" + i);
            }
            int deaths = 0;
            long end = System.nanoTime()
                    + scene.timing().leaseDuration().multipliedBy(3).toNanos();
            while (System.nanoTime() - end < 0) {
                int terms = fleet.count(ElectionEvent.Type.TERM_STARTED);
                if (deaths < 1 && random.nextInt(3) == 0 && dies(scene, fleet)) {
                    deaths++;
                    fleet.enter(scene.party(), "newcomer-" + deaths);
                } else {
                    fleet.leader().ifPresent(LeaderElection::stepDown);
                }
                fleet.comesToTerms(terms + 1, scene.timing().leaseDuration());
            }
            String overlap = fleet.overlap();
            scene.require(overlap.isEmpty(), overlap + " (" + candidates + " candidates, " + deaths + " deaths)");
            if (fleet.terms().isEmpty()) {
                throw Cannot.because("of " + candidates + " candidates none led in three leaseDurations");
            }
        }
    }

    private static boolean dies(Scene scene, Fleet fleet) throws Exception {
        Optional<Party> leading = fleet.leading();
        if (leading.isEmpty()) {
            return false;
        }
        try {
            scene.harness().kill(leading.get().backend());
            return true;
        } catch (TestAbortedException e) {
            // With a harness that cannot kill, the test covers hand-overs alone.
            return false;
        }
    }

    /** A grant as its holder recorded it. */
    private record Tenure(String identity, FencingToken token, long from, long to) {}

    /** Rule 2.1: twenty threads acquire, renew and withdraw as fast as they can. */
    @Test
    protected void stochastic_rule2_1_manyThreadsAskAndNoTwoHold(Scene scene) throws Exception {
        List<Tenure> tenures = tenures(scene);
        for (int i = 1; i < tenures.size(); i++) {
            Tenure before = tenures.get(i - 1);
            Tenure after = tenures.get(i);
            scene.require(
                    after.from >= before.to,
                    after.identity + " was granted " + (before.to - after.from) / 1_000 + " µs before "
                            + before.identity + " had withdrawn its claim");
        }
    }

    /** Rule 2.2: each later holder has a greater token. */
    @Test
    protected void stochastic_rule2_2_manyThreadsAskAndTokensGrow(Scene scene) throws Exception {
        List<Tenure> tenures = tenures(scene);
        for (int i = 1; i < tenures.size(); i++) {
            Tenure before = tenures.get(i - 1);
            Tenure after = tenures.get(i);
            scene.require(
                    after.token.isAfter(before.token),
                    "after " + before.identity + " with token " + before.token + " came " + after.identity
                            + " with token " + after.token);
        }
    }

    /** In the order in which they were granted. */
    private static List<Tenure> tenures(Scene scene) throws Exception {
        List<Party> parties = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            parties.add(scene.party());
        }
        for (Party party : parties) {
            party.observe();
        }
        List<Tenure> tenures = new CopyOnWriteArrayList<>();
        long end = System.nanoTime() + scene.timing().leaseDuration().toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(CANDIDATES);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CANDIDATES; i++) {
                Party party = parties.get(i % INSTANCES);
                String identity = "thread-" + i;
                running.add(threads.submit(() -> {
                    contend(scene, party, identity, end, tenures);
                    return true;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError broken) {
                throw broken;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
        if (tenures.isEmpty()) {
            throw Cannot.because("none of " + CANDIDATES + " threads was granted in "
                    + ElectionTiming.text(scene.timing().leaseDuration()));
        }
        List<Tenure> sorted = new ArrayList<>(tenures);
        sorted.sort(Comparator.comparingLong(Tenure::from));
        return sorted;
    }

    private static void contend(Scene scene, Party party, String identity, long end, List<Tenure> tenures)
            throws InterruptedException {
        Random random = new Random();
        while (System.nanoTime() - end < 0) {
            Claim claim = scene.longClaim(identity);
            int place = party.ear().place();
            if (party.acquire(claim) instanceof Answer.Granted granted) {
                long from = System.nanoTime();
                long until = Scene.until(granted, claim.timing());
                if (random.nextBoolean() && party.renew(claim) instanceof Answer.Granted renewed) {
                    until = Scene.until(renewed, claim.timing());
                }
                tenures.add(new Tenure(identity, granted.token(), from, Math.min(until, System.nanoTime())));
            } else {
                party.ear().awaitAny(place, scene.timing().retryPeriod());
            }
            party.withdraw(claim);
        }
    }

    /** Rule 4.1: elections closed at any moment leave no claim behind. */
    @Test
    protected void stochastic_rule4_1_electionsClosedAtAnyMomentLeaveNothing(Scene scene) throws Exception {
        Party party = scene.party();
        Random random = new Random();
        for (int i = 0; i < 10; i++) {
            try (Fleet fleet = new Fleet(scene)) {
                fleet.enter(party, "hasty-" + i);
                if (random.nextBoolean()) {
                    fleet.comesToTerms(1, scene.timing().retryPeriod());
                }
            }
        }
        long since = System.nanoTime();
        Answer.Granted granted = scene.party().leadWithin(scene.claim("next"), scene.patience());
        scene.require(
                granted != null,
                "ten elections were started and closed, and the next candidate was not granted for "
                        + (System.nanoTime() - since) / 1_000_000 + " ms");
    }
}
