package dev.baton.conformance;

import dev.baton.conformance.Ear.Hint;
import dev.baton.conformance.Ear.Word;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules 6.1 and 6.2: hints, and what the watch of a leader reports of its own claim. */
abstract class LeaderWatchRules extends WithdrawRules {

    // -- 6.1: hints ---------------------------------------------------------------------------------------------------

    /** Rule 6.1: lost ends a term at once, so the backend must not report it for a claim that stands. */
    @Test
    protected void required_rule6_1_lostIsNotSaidOfAClaimThatStands(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        one.observe(scene.longTiming());
        other.observe(scene.longTiming());
        for (int term = 0; term < 6; term++) {
            Party party = term % 3 == 0 ? one : other;
            Claim claim = scene.longClaim("term-" + term);
            party.lead(claim);
            Party another = party == one ? other : one;
            Claim standby = scene.longClaim("standby");
            scene.standsBy(another.acquire(standby));
            scene.pass(scene.timing().retryPeriod());
            lostOnlyIfGone(scene, party, claim, "while it held and other claims came and went");
            another.withdraw(standby);
            party.withdraw(claim);
        }
    }

    /** Rule 6.1: an edit beside the claim is not a loss of the claim. */
    @Test
    protected void required_rule6_1_anEditBesideTheClaimIsNoLoss(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        scene.harness().touch(scene.election());
        scene.pass(scene.timing().retryPeriod());

        scene.granted(party.renew(claim), "renew after something beside the claim had been edited");
        lostOnlyIfGone(scene, party, claim, "after something beside it had been edited");
    }

    /** Rule 6.1: a proxy's answer in place of the store's is not a loss of the claim. */
    @Test
    protected void required_rule6_1_lostIsNotSaidForWhatIsNotOfTheStore(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        scene.harness().misroute(party.backend());
        var unused = party.fate(party.renewing(claim, scene.callTimeout()));
        scene.pass(scene.timing().retryPeriod());
        scene.harness().heal(party.backend());

        lostOnlyIfGone(scene, party, claim, "after something in between had answered \"not found\"");
    }

    private static void lostOnlyIfGone(Scene scene, Party party, Claim claim, String when) throws InterruptedException {
        Optional<Hint> lost = party.ear().all().stream()
                .filter(hint -> hint.word() == Word.LOST && hint.isOf(claim))
                .findFirst();
        if (lost.isPresent() && party.renew(claim) instanceof Answer.Granted renewed) {
            throw scene.broken(
                    "for a claim that is still renewed (" + renewed + ") the watcher got " + lost.get() + " " + when);
        }
    }

    /** Rule 6.1: without any hint, a standby that acquires again is granted in the end. */
    @Test
    protected void required_rule6_1_withoutAWatcherAskingIsEnough(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim leader = scene.claim("leader");
        Claim standby = scene.claim("standby");
        one.lead(leader);
        Answer first = other.acquire(standby);
        one.withdraw(leader);
        if (!(first instanceof Answer.Granted)) {
            other.lead(standby);
        }
    }

    // -- 6.2: a leader's own claim ------------------------------------------------------------------------------------

    /** Rule 6.2: an operator deletes the leader's record, key or node. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsClaimWasDeleted(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "its claim was deleted in the store",
                party -> scene.harness().delete(scene.election()));
    }

    /** Rule 6.2: another kind of client takes the record. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsClaimWasOverwritten(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "another kind of client wrote its record over it",
                party -> scene.harness().rewrite(scene.election(), "stranger", Instant.now()));
    }

    /** Rule 6.2: the store ends the session while its owner is connected. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsSessionEnded(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "its session was ended in the store",
                party -> scene.harness().expire(party.backend()));
    }

    /** Rule 6.2: a leader whose watch is silent reads its claim itself, in time. */
    @Test
    protected void required_rule6_2_aLeaderThatHearsNothingLooksByItself(Scene scene) throws Exception {
        Party party = scene.party();
        party.observeLive(scene.timing());
        Claim claim = scene.claim("leader");
        party.lead(claim);
        scene.harness().deafen(party.backend());
        scene.harness().delete(scene.election());

        Duration twice = scene.timing().leaseDuration().multipliedBy(2);
        scene.require(
                scene.comes(() -> isRefused(party, claim), twice.plus(scene.patience())),
                "the claim of a leader with a silent watch was deleted, and its renewals were granted for longer than "
                        + ElectionTiming.text(twice));
    }

    /** Rule 6.2: a leader without a permitted watch reads its claim with each renewal. */
    @Test
    protected void required_rule6_2_aLeaderThatIsRefusedItsWatchLooksByItself(Scene scene) throws Exception {
        isNotRenewedOnceItsClaimIsGone(scene, scene.harness()::refuseWatches, "that was refused its watch");
    }

    /** Rule 6.2: a leader that can neither read nor watch its claim is not certain to hold it, and is not renewed. */
    @Test
    protected void required_rule6_2_aLeaderThatMayNotLookIsNotRenewedBlindly(Scene scene) throws Exception {
        isNotRenewedOnceItsClaimIsGone(scene, scene.harness()::refuseReads, "that might not read");
    }

    /** While the backend has not reported watching(false), the watch may still report the loss. */
    private static void isNotRenewedOnceItsClaimIsGone(Scene scene, Act trouble, String which) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        trouble.on(party.backend());
        boolean unwatched = scene.comes(() -> !ear.isWatching(), scene.timing().leaseDuration());
        scene.harness().delete(scene.election());

        String what = "the claim of a leader " + which + " was deleted, and a renewal of it that began afterwards, ";
        if (unwatched) {
            scene.require(
                    party.fate(party.renewing(claim, scene.callTimeout())) != Party.Fate.GRANTED,
                    what + "after its watcher had got watching(false), was granted");
        } else {
            scene.require(
                    scene.comes(() -> !isGranted(scene, party, claim), scene.patience()),
                    what + "and each for " + ElectionTiming.text(scene.patience()) + " after it, was granted");
        }
    }

    private static boolean isGranted(Scene scene, Party party, Claim claim) {
        try {
            return party.fate(party.renewing(claim, scene.callTimeout())) == Party.Fate.GRANTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isRefused(Party party, Claim claim) {
        try {
            return party.renew(claim) instanceof Answer.Refused;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private interface Blow {
        void strike(Party party) throws Exception;
    }

    private static void hearsOfLoss(Scene scene, String how, Blow blow) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        int place = ear.place();
        blow.strike(party);

        Optional<Hint> lost = ear.await(place, hint -> hint.word() == Word.LOST && hint.isOf(claim), scene.patience());
        scene.require(
                lost.isPresent(),
                "after " + how + " the leader, which was watching, got only the hints " + ear.since(place));
    }
}
