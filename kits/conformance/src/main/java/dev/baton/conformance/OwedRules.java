package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rule 4: claims that are owed until their withdrawal is confirmed. */
abstract class OwedRules extends UnknownRules {

    /** Rule 4.1: who was refused leaves nothing that others would have to wait for. */
    @Test
    protected void required_rule4_1_whatWasRefusedLeavesNothing(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.waiting().withdraw(rivals.refused());
        rivals.leading().withdraw(rivals.held());
        scene.vacant("a standby was refused and withdrawn, and the leader was withdrawn");
    }

    /** Rule 4.1: what may have been written is withdrawn as if it had been. */
    @Test
    protected void required_rule4_1_whatHadNoAnswerIsWithdrawn(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        Party.Fate fate = party.renewUnheard(claim);

        party.withdraw(claim);
        scene.vacant("a holder's renewal " + fate + " as its answer was lost, and it was withdrawn");
    }

    /** Rule 4.1: whoever gives up waiting for an answer has not taken the question back. */
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

    /** Rule 4.2: while nobody answers, nobody has confirmed. */
    @Test
    protected void required_rule4_2_aWithdrawalIsNotConfirmedBySilence(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        scene.harness().silence(party.backend());

        Party.Fate fate = party.fate(party.withdrawing(claim, scene.callTimeout()));
        scene.require(
                fate != Party.Fate.DONE,
                "withdraw of a claim that holds completed normally while the store was silent: nobody can have"
                        + " confirmed it");
    }

    /** Rule 4.2: who may not look has not seen that the claim is gone. */
    @Test
    protected void required_rule4_2_aWithdrawalThatMayNotLookLeavesNothing(Scene scene) throws Exception {
        leavesNothing(scene, scene.harness()::refuseReads, "the store refused to read");
    }

    /** Rule 4.2: nor has who was told so by something that is not the store. */
    @Test
    protected void required_rule4_2_aWithdrawalIsNotConfirmedBySomethingInBetween(Scene scene) throws Exception {
        leavesNothing(scene, scene.harness()::misroute, "something in between answered \"not found\"");
    }

    /** A withdrawal is confirmed while the trouble lasts only if nothing is left, and in the end it is. */
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
                + (fate == Party.Fate.DONE ? "" : ", and was made again"));
    }

    /** Rule 4.2: a renewal that lands after all brings nothing back. */
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
                        + " may have landed late and withdraw had completed,");
    }

    /** Rule 4.5: there is nothing to wait for, so closing does not. */
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
                        + ": nothing can stand of it, and who closes must not wait for the store to change its mind");
    }

    /** Rule 4.5: what the store has refused is not tried again by the call that it answers: others wait behind it. */
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
                        + ", and not when the store had said so: who closes had to wait for it");
    }

    /** Rule 4.4: the next term needs a new claim. */
    @Test
    protected void required_rule4_4_whatWasWithdrawnIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        one.withdraw(claim);

        scene.notGranted(one.renew(claim), "renew of a claim that was withdrawn");
    }

    /** Rule 4.4: what an operator deleted may have been another's since. */
    @Test
    protected void required_rule4_4_whatWasDeletedIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        scene.harness().delete(scene.election());

        String what = "renew of a claim that was deleted in the store";
        if (one.renew(claim) instanceof Answer.Granted) {
            // A watch may tell a holder of an operator's hand, and a renewal get ahead of it; but it writes nothing
            // anew.
            scene.granted(scene.party().acquire(scene.claim("next")), "another's acquire after the " + what);
            long deadline = System.nanoTime() + scene.patience().toNanos();
            while (one.renew(claim) instanceof Answer.Granted && System.nanoTime() - deadline < 0) {
                scene.pass(scene.timing().retryPeriod());
            }
        }
        scene.notGranted(one.renew(claim), what);
    }

    /** Rule 4.4: who comes back finds that it was succeeded. */
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
        scene.granted(other.renew(next), "the successor's renew after its predecessor had come back and renewed");
    }
}
