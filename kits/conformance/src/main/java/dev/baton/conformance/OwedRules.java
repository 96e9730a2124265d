package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rule 4: claims that are owed until their withdrawal is confirmed. */
abstract class OwedRules extends UnknownRules {

    /** Rule 4.1: a refused and withdrawn claim leaves nothing that a later candidate would wait for. */
    @Test
    protected void required_rule4_1_whatWasRefusedLeavesNothing(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.waiting().withdraw(rivals.refused());
        rivals.leading().withdraw(rivals.held());
        scene.vacant("a standby was refused and withdrawn, and the leader was withdrawn");
    }

    /** Rule 4.1: withdraw removes a claim whose write had no answer. */
    @Test
    protected void required_rule4_1_whatHadNoAnswerIsWithdrawn(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        Party.Fate fate = party.renewUnheard(claim);

        party.withdraw(claim);
        scene.vacant("a holder's renewal " + fate + " as its answer was lost, and it was withdrawn");
    }

    /** Rule 4.1: cancelling the stage does not cancel the request. */
    @Test
    protected void required_rule4_1_aCancelledCallIsStillOwed(Scene scene) throws Exception {
        Party party = scene.party();
        for (int time = 0; time < 2; time++) {
            Claim claim = scene.longClaim("hasty");
            CompletableFuture<Answer> asked = party.acquiring(claim, scene.callTimeout());
            asked.cancel(true);
            // No second call of the claim is made before the first one's deadline (rule 1.2).
            scene.pass(scene.callTimeout());
            party.withdraw(claim);
        }
        scene.vacant("two claims were acquired, the answer to each cancelled, and withdrawn");
    }

    /** Rule 4.2: without an answer of the store, nothing confirms a withdrawal. */
    @Test
    protected void required_rule4_2_aWithdrawalIsNotConfirmedBySilence(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        scene.harness().silence(party.backend());

        Party.Fate fate = party.fate(party.withdrawing(claim, scene.callTimeout()));
        scene.require(
                fate != Party.Fate.DONE,
                "withdraw of a claim that holds completed normally while the store was silent: the store cannot have"
                        + " confirmed it");
    }

    /** Rule 4.2: a refused read does not show that the claim is gone. */
    @Test
    protected void required_rule4_2_aWithdrawalThatMayNotLookLeavesNothing(Scene scene) throws Exception {
        leavesNothing(scene, scene.harness()::refuseReads, "the store refused to read");
    }

    /** Rule 4.2: a proxy's "not found" does not show that the claim is gone. */
    @Test
    protected void required_rule4_2_aWithdrawalIsNotConfirmedBySomethingInBetween(Scene scene) throws Exception {
        leavesNothing(scene, scene.harness()::misroute, "something in between answered \"not found\"");
    }

    /** A withdrawal completes during the fault only if no claim is left, and completes after the fault. */
    private static void leavesNothing(Scene scene, Act trouble, String what) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        trouble.on(party.backend());
        Party.Fate fate = party.fate(party.withdrawing(claim, scene.callTimeout()));
        if (fate != Party.Fate.DONE) {
            scene.harness().heal(party.backend());
            party.withdraw(claim);
        }
        scene.vacant("the withdraw of a claim that holds " + fate + " while " + what
                + (fate == Party.Fate.DONE ? "" : ", and was repeated"));
    }

    /** Rule 4.2: a renewal that arrives late does not bring the claim back. */
    @Test
    protected void required_rule4_2_whatLandsLateBringsNothingBack(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.longClaim("leader");
        one.lead(claim);
        scene.harness().silence(one.backend());
        Party.Fate fate = one.fate(one.renewing(claim, scene.callTimeout()));
        scene.harness().heal(one.backend());
        one.withdraw(claim);

        Party other = scene.party();
        Claim next = scene.longClaim("next");
        other.lead(next);
        scene.pass(scene.timing().retryPeriod().multipliedBy(2));
        scene.granted(
                other.renew(next),
                "the next holder's renew, after a renewal of its predecessor that " + fate
                        + " may have arrived late and withdraw had completed,");
    }

    /** Rule 4.5: withdraw completes at once for a claim that the store refused to write. */
    @Test
    protected void required_rule4_5_whatTheStoreRefusedToWriteIsNotOwed(Scene scene) throws Exception {
        Party party = scene.party();
        scene.harness().refuse(party.backend());
        Claim claim = scene.longClaim("first");
        Party.Fate asked = party.fate(party.acquiring(claim, scene.callTimeout()));
        scene.require(
                asked != Party.Fate.GRANTED, "acquire was granted while the store refused to write for the instance");
        Party.Fate fate = party.fate(party.withdrawing(claim, scene.callTimeout()));
        scene.require(
                fate == Party.Fate.DONE,
                "withdraw of a claim that the store had refused to write " + fate
                        + ": no claim can stand, and close() must not wait for the store to accept writes again");
    }

    /** Rule 4.5: a call whose write the store refused does not retry it: other calls wait behind it. */
    @Test
    protected void required_rule4_5_aRefusalToWriteIsAnsweredAtOnce(Scene scene) throws Exception {
        Party party = scene.party();
        scene.harness().refuse(party.backend());
        long since = System.nanoTime();
        Party.Fate fate = party.fate(party.acquiring(
                scene.longClaim("first"), scene.patience().multipliedBy(3).dividedBy(4)));
        Duration took = Duration.ofNanos(System.nanoTime() - since);
        if (fate == Party.Fate.HUNG) {
            throw Cannot.because("acquire of what the store refused did not complete at all, which rule 7.1 is about");
        }
        scene.require(
                took.compareTo(scene.patience().dividedBy(2)) < 0,
                "acquire of a claim that the store refused to write " + fate + " after " + ElectionTiming.text(took)
                        + ", and not at once after the store's refusal: close() would wait for it");
    }

    /** Rule 4.4: a withdrawn claim is not renewed; the next term needs a new claim. */
    @Test
    protected void required_rule4_4_whatWasWithdrawnIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        one.withdraw(claim);

        scene.notGranted(one.renew(claim), "renew of a claim that was withdrawn");
    }

    /** Rule 4.4: a deleted claim is not renewed: another candidate may have led since. */
    @Test
    protected void required_rule4_4_whatWasDeletedIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        scene.harness().delete(scene.election());

        String what = "renew of a claim that was deleted in the store";
        if (one.renew(claim) instanceof Answer.Granted) {
            // A renewal may be granted before the watch reports the deletion, but it must not write the claim again.
            scene.granted(scene.party().acquire(scene.claim("next")), "another's acquire after the " + what);
            long deadline = System.nanoTime() + scene.patience().toNanos();
            while (one.renew(claim) instanceof Answer.Granted && System.nanoTime() - deadline < 0) {
                scene.pass(scene.timing().retryPeriod());
            }
        }
        scene.notGranted(one.renew(claim), what);
    }

    /** Rule 4.4: a leader that was cut off is not renewed once it has a successor. */
    @Test
    protected void required_rule4_4_whatAnotherTookIsNotRetaken(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observe();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        scene.harness().silence(one.backend());
        Claim next = scene.longClaim("next");
        other.lead(next);
        scene.harness().heal(one.backend());

        scene.notGranted(one.renew(claim), "renew of a claim whose holder was cut off until another had been granted");
        scene.granted(other.renew(next), "the successor's renew after its predecessor had reconnected and renewed");
    }
}
