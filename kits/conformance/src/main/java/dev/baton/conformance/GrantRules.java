package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.opentest4j.TestAbortedException;

/** Rules 1.1, 1.2 and 2: the answers, and what Granted guarantees. */
abstract class GrantRules {
    private static final Logger log = System.getLogger(GrantRules.class.getName());

    /** The resource that tests lock to run alone: those that count this JVM's threads or stop the server. */
    static final String WHOLE_STORE = "dev.baton.conformance.store";

    /** Rule 1.1: one claim is Granted, the other Refused. */
    @Test
    protected void required_rule1_1_theFirstIsGrantedAndTheNextRefused(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim first = scene.longClaim("first");
        Claim second = scene.longClaim("second");

        Answer.Granted granted = one.lead(first);
        Answer.Refused refused = scene.refused(
                other.acquire(second), "acquire of a second claim while the first, just granted, is held");
        scene.require(
                !(refused.chance() instanceof Chance.After after
                        && after.pause().isNegative()),
                "a refusal's chance " + refused.chance() + " has a negative pause; zero means at once");
        scene.require(
                granted.guaranteedFor().compareTo(Duration.ZERO) > 0,
                "a grant that is guaranteed for " + granted.guaranteedFor());
        scene.granted(one.renew(first), "renew of a claim granted just before");
    }

    /** Rule 1.1: a claim that was refused is not renewed. */
    @Test
    protected void required_rule1_1_whatWasNeverGrantedIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        one.lead(scene.longClaim("first"));
        Claim second = scene.longClaim("second");
        scene.standsBy(other.acquire(second));

        scene.refused(other.renew(second), "renew of a claim that was refused");
    }

    /** Rule 1.2: calls for different claims are answered side by side, each with its own answer. */
    @Test
    protected void required_rule1_2_callsForManyClaimsAreAnsweredSideBySide(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("first"), "first", scene.longTiming()));
        slowDownIfPossible(scene, party);
        List<Claim> claims = new ArrayList<>();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ElectionName election = scene.election("side-by-side-" + i);
            for (String identity : List.of("one", "other")) {
                Claim claim = scene.claim(election, identity, scene.longTiming());
                claims.add(claim);
                answers.add(party.acquiring(claim, scene.patience()));
            }
        }
        for (int i = 0; i < claims.size(); i += 2) {
            int granted = 0;
            for (int each = i; each < i + 2; each++) {
                if (party.answered(answers.get(each), claims.get(each)) instanceof Answer.Granted) {
                    granted++;
                    scene.granted(
                            party.renew(claims.get(each)), "renew of a claim granted while forty calls were in flight");
                }
            }
            scene.require(
                    granted == 1,
                    granted + " of two claims to " + claims.get(i).election()
                            + " were granted, acquired while forty calls were in flight");
        }
    }

    /** Slow answers keep all calls in flight together; a fast store might answer them one by one. */
    private static void slowDownIfPossible(Scene scene, Party party) throws Exception {
        try {
            scene.harness().slowDown(party.backend(), scene.callTimeout().dividedBy(50));
        } catch (TestAbortedException e) {
            log.log(Level.DEBUG, "the store is not slowed down: calls are in flight for as long as it takes", e);
        }
    }

    /** Rule 2.1: a standby that keeps acquiring is not granted before the leader's grant has expired. */
    @Test
    protected void required_rule2_1_nobodyElseIsGrantedWhileAGrantLasts(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observe();
        Answer.Granted granted = one.lead(scene.claim("leader"));
        long until = Scene.until(granted, scene.timing());

        Claim standby = scene.claim("standby");
        while (System.nanoTime() - until < 0) {
            int place = other.ear().place();
            Answer answer = other.acquire(standby);
            long at = System.nanoTime();
            if (answer instanceof Answer.Granted taken) {
                scene.require(
                        at - until >= 0,
                        "a standby was granted (" + taken + ") " + millis(until - at)
                                + " ms before the grant it took over from (" + granted + ") had run out");
                return;
            }
            other.ear().awaitAny(place, scene.timing().retryPeriod());
        }
    }

    /** Rule 2.1: a renewal moves the end of the grant, in the store as well. */
    @Test
    protected void required_rule2_1_renewalsKeepOthersOut(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observe();
        Claim leader = scene.claim("leader");
        Claim standby = scene.claim("standby");
        Answer.Granted granted = one.lead(leader);
        long until = Scene.until(granted, scene.timing());
        long enough = granted.sentAt().nanos()
                + scene.timing().leaseDuration().multipliedBy(2).toNanos();

        while (System.nanoTime() - enough < 0) {
            int place = other.ear().place();
            CompletableFuture<Answer> asked = other.acquiring(standby, scene.patience());
            Answer renewed = one.renew(leader);
            Answer answer = other.answered(asked, standby);
            long at = System.nanoTime();
            if (answer instanceof Answer.Granted taken) {
                scene.require(
                        at - until >= 0,
                        "a standby was granted (" + taken + ") " + millis(until - at)
                                + " ms before the guarantee of a leader that renews had run out; its last renewal was"
                                + " answered " + renewed);
                return;
            }
            if (renewed instanceof Answer.Granted again) {
                until = Math.max(until, Scene.until(again, scene.timing()));
            } else {
                scene.require(
                        at - until >= 0, "a leader's renewal was answered " + renewed + " while its claim was held");
                return;
            }
            other.ear().awaitAny(place, scene.timing().retryPeriod());
        }
    }

    /** Rule 2.1: sentAt lies before the request was sent, so a slow answer does not move it. */
    @Test
    protected void required_rule2_1_aGrantIsCountedFromTheSendingOfItsRequest(Scene scene) throws Exception {
        Party party = scene.party();
        Claim leader = scene.longClaim("leader");
        party.lead(leader);
        Duration delay = scene.callTimeout().dividedBy(2);
        scene.harness().slowDown(party.backend(), delay);
        // A request in flight from before, whose answer may serve this claim too, is at least that old by then.
        scene.pass(delay);

        Party.Timed renewed = party.renewTimed(leader);
        Moment sentAt = scene.granted(renewed.answer(), "renew of a claim granted before, on a slow store")
                .sentAt();
        scene.require(
                renewed.at().nanosSince(sentAt) >= delay.toNanos(),
                "an answer that took " + millis(delay.toNanos()) + " ms or more says that its request was sent "
                        + millis(renewed.at().nanosSince(sentAt)) + " ms ago");
    }

    /** Rule 2.2: the next term has a greater token, for any candidate on any instance. */
    @Test
    protected void required_rule2_2_tokensGrowAcrossReleases(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        List<FencingToken> tokens = new ArrayList<>();
        for (int term = 0; term < 5; term++) {
            Party party = term % 2 == 0 ? one : other;
            Claim claim = scene.claim(term < 3 ? "app" : "other");
            FencingToken token = party.lead(claim).token();
            if (!tokens.isEmpty()) {
                FencingToken before = tokens.get(tokens.size() - 1);
                scene.require(token.isAfter(before), "after the term of token " + before + ", one of token " + token);
            }
            tokens.add(token);
            party.withdraw(claim);
        }
    }

    /** Rule 2.2: a renewal extends a term and keeps its token. */
    @Test
    protected void required_rule2_2_aRenewalRepeatsTheToken(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        FencingToken token = party.lead(claim).token();
        for (int renewal = 0; renewal < 3; renewal++) {
            Answer.Granted renewed = scene.granted(party.renew(claim), "renew of a claim granted before");
            scene.require(
                    renewed.token().equals(token),
                    "a renewal of the term of token " + token + " answered token " + renewed.token());
        }
    }

    /** Rule 2.1: a standby is granted only after a dead leader's guarantee has expired, and is granted in the end. */
    @Test
    protected void required_rule2_1_aDeadLeadersGrantRunsOutFirst(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observe();
        Answer.Granted granted = one.lead(scene.claim("leader"));
        scene.harness().kill(one.backend());

        other.lead(scene.claim("standby"));
        long early = Scene.until(granted, scene.timing()) - System.nanoTime();
        scene.require(
                early <= 0,
                "a standby was granted " + millis(early) + " ms before the grant of a leader that had died ran out");
    }

    /** Rule 2.2: the term after a dead leader's has a greater token. */
    @Test
    protected void required_rule2_2_tokensGrowAcrossADeath(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observe();
        FencingToken before = one.lead(scene.claim("app")).token();
        scene.harness().kill(one.backend());

        grows(scene, before, other.lead(scene.claim("app")).token(), "after its leader had died");
    }

    /** Rule 2.2: the token counter survives the deletion of the record. */
    @Test
    protected void required_rule2_2_tokensGrowAcrossDeletionAndCreation(Scene scene) throws Exception {
        Party one = scene.party();
        Claim first = scene.claim("first");
        one.lead(first);
        one.withdraw(first);
        FencingToken before = one.lead(scene.claim("second")).token();
        scene.harness().delete(scene.election());

        grows(scene, before, scene.party().lead(scene.claim("third")).token(), "after its record had been deleted");
    }

    /** Rule 2.2: the token counter does not live in the candidate's process. */
    @Test
    protected void required_rule2_2_tokensGrowAcrossARestartOfTheCandidate(Scene scene) throws Exception {
        Party first = scene.party();
        Claim claim = scene.claim("app");
        FencingToken before = first.lead(claim).token();
        for (int term = 0; term < 3; term++) {
            first.withdraw(claim);
            claim = scene.claim("app");
            before = first.lead(claim).token();
        }
        first.withdraw(claim);
        first.backend().close();

        grows(scene, before, scene.party().lead(scene.claim("app")).token(), "after a restart of the candidate");
    }

    /** Rule 2.2: the token counter survives a restart of the server. */
    @Test
    @ResourceLock(value = WHOLE_STORE, mode = ResourceAccessMode.READ_WRITE)
    protected void required_rule2_2_tokensGrowAcrossARestartOfTheStore(Scene scene) throws Exception {
        Party one = scene.party();
        Claim first = scene.claim("first");
        FencingToken before = one.lead(first).token();
        one.withdraw(first);
        scene.harness().restart();

        grows(scene, before, scene.party().lead(scene.claim("second")).token(), "after a restart of the store");
    }

    private static void grows(Scene scene, FencingToken before, FencingToken after, String when) {
        scene.require(
                after.isAfter(before),
                "the term of token " + before + " was followed, " + when + ", by one of token " + after);
    }

    /** Rule 2.3: the candidate's clockDrift does not change the guarantee that the backend reports. */
    @Test
    protected void required_rule2_3_theGuaranteeIsNotShortenedForDrift(Scene scene) throws Exception {
        double drift = 0.9 * Math.min(0.5, scene.timing().toleratedDrift());
        double exact = longestGuarantee(scene, 0);
        double scaled = exact * (1 - drift) / (1 + drift);
        if (scaled > 0.85 * exact) {
            throw Cannot.because("the harness's timing tolerates too little drift to show a difference");
        }
        double drifting = longestGuarantee(scene, drift);
        scene.require(
                drifting > (exact + scaled) / 2,
                "with clockDrift 0 a grant is guaranteed for " + millis((long) exact) + " ms, and with " + drift
                        + " for " + millis((long) drifting) + " ms: the margin for drift is core's to take");
    }

    private static double longestGuarantee(Scene scene, double drift) throws Exception {
        Party party = scene.party();
        double longest = 0;
        for (int i = 0; i < 3; i++) {
            Claim claim = scene.claim(
                    scene.election("drift"), "leader", scene.timing().withClockDrift(drift));
            longest =
                    Math.max(longest, (double) party.lead(claim).guaranteedFor().toNanos());
            party.withdraw(claim);
        }
        return longest;
    }

    static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
