package dev.baton.conformance;

import dev.baton.conformance.Party.Fate;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rules 1.3 and 7: no call blocks, every stage completes in time, and time comes from the runtime. */
abstract class TimeRules extends StandbyWatchRules {
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    /** Rule 1.3: calls to a silent store block no thread. */
    @Test
    protected void required_rule1_3_noThreadWaitsForASilentStore(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        Claim held = scene.claim(scene.election("held"), "leader", scene.longTiming());
        Claim leaving = scene.claim(scene.election("leaving"), "leader", scene.longTiming());
        party.lead(held);
        party.lead(leaving);
        Set<String> packages = new TreeSet<>(scene.harness().packages());
        packages.add(party.backend().getClass().getPackageName());
        BlockedThreads watch = new BlockedThreads(packages, scene.callTimeout().dividedBy(4));

        scene.harness().silence(party.backend());
        List<CompletableFuture<?>> calls = List.of(
                party.renewing(held, scene.callTimeout()),
                party.acquiring(scene.claim("asking"), scene.callTimeout()),
                party.withdrawing(leaving, scene.callTimeout()));
        scene.comes(
                () -> {
                    watch.look();
                    return !watch.found().isEmpty() || calls.stream().allMatch(CompletableFuture::isDone);
                },
                scene.callTimeout().multipliedBy(4));
        scene.require(
                watch.found().isEmpty(), "while the store was silent these threads waited for it: " + watch.found());
    }

    /** Rule 7.1: calls complete by their deadline, even when the store hangs. */
    @Test
    protected void required_rule7_1_callsEndInTimeWhenTheStoreHangs(Scene scene) throws Exception {
        Party party = scene.party();
        Claim held = scene.claim(scene.election("held"), "leader", scene.longTiming());
        Claim leaving = scene.claim(scene.election("leaving"), "leader", scene.longTiming());
        party.lead(held);
        party.lead(leaving);
        scene.harness().silence(party.backend());

        Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
        calls.put("renew", party.renewing(held, scene.callTimeout()));
        calls.put("acquire", party.acquiring(scene.claim("asking"), scene.callTimeout()));
        calls.put("withdraw", party.withdrawing(leaving, scene.callTimeout()));
        for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
            scene.require(
                    party.fate(call.getValue()) != Fate.HUNG,
                    call.getKey() + " of a store that had fallen silent did not complete, "
                            + ElectionTiming.text(scene.patience()) + " after its deadline");
        }
    }

    /** Rule 7.2: the backend abandons a connection that a firewall has dropped. */
    @Test
    protected void required_rule7_2_aDeadConnectionIsLeftBehind(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("before"), "leader", scene.timing()));
        scene.harness().strand(party.backend());

        long giveUp = System.nanoTime() + scene.patience().toNanos();
        Claim claim = scene.longClaim("leader");
        int tries = 0;
        Fate fate;
        do {
            tries++;
            fate = party.fate(party.acquiring(claim, scene.callTimeout().multipliedBy(2)));
            if (fate == Fate.HUNG) {
                throw Cannot.because("a call on a dead connection did not complete at all, which rule 7.1 is about");
            }
        } while (fate != Fate.GRANTED && System.nanoTime() - giveUp < 0);
        scene.require(
                fate == Fate.GRANTED,
                "all packets on the open connections were dropped, and of " + tries
                        + " calls none was answered on a new one; the last " + fate);
    }

    /** Rule 7.3: sentAt can be compared with the runtime's clocks, both of them. */
    @Test
    protected void required_rule7_3_sentAtIsReadFromTheRuntimesClocks(Scene scene) throws Exception {
        Party party = scene.party();
        Moment opened = party.now();
        Claim claim = scene.longClaim("leader");
        for (Answer answer : List.of(party.lead(claim), party.renew(claim))) {
            Moment now = party.now();
            if (answer instanceof Answer.Granted granted) {
                Moment sentAt = granted.sentAt();
                long wall = Math.abs(sentAt.wallNanos() - now.wallNanos());
                scene.require(
                        !now.isBefore(sentAt)
                                && sentAt.nanosSince(opened)
                                        >= -scene.patience().toNanos()
                                && wall < CLOCKS_APART.toNanos(),
                        "sentAt " + sentAt + " does not lie between " + opened + ", when the instance was opened, and "
                                + now + ", when the answer arrived");
            }
        }
    }

    /** Rule 7.3: a record with an old time by its writer's clock is waited for like any other. */
    @Test
    protected void required_rule7_3_aClockThatIsBehindDoesNotEndALease(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        party.lead(scene.claim(scene.election("connected"), "standby", scene.longTiming()));
        long written = System.nanoTime();
        scene.harness().rewrite(scene.election(), "stranger", Instant.now().minus(Duration.ofHours(1)));
        long until = written + scene.timing().scaledNanos(scene.timing().leaseDuration());

        party.lead(scene.claim("standby"));
        long early = until - System.nanoTime();
        scene.require(
                early <= 0,
                "a record whose writer's clock was an hour behind was taken over " + millis(early)
                        + " ms before its lease had run out");
    }

    /** Rule 7.3: a record with a future time is taken over like any other. */
    @Test
    protected void required_rule7_3_aClockThatIsAheadDoesNotProlongALease(Scene scene) throws Exception {
        scene.harness().rewrite(scene.election(), "stranger", Instant.now().plus(Duration.ofHours(1)));
        Party party = scene.party();
        party.observe();

        scene.require(
                party.leadWithin(
                                scene.claim("standby"),
                                scene.patience()
                                        .plus(scene.timing().leaseDuration().multipliedBy(2)))
                        != null,
                "a record whose writer's clock was an hour ahead was not taken over long after its lease of "
                        + ElectionTiming.text(scene.timing().leaseDuration()) + " had run out");
    }
}
