package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rules 3, 4 and 5: what is unknown, what is owed, and what withdraw may touch. */
abstract class UnknownRules extends GrantRules {

    // -- 3: unknown ---------------------------------------------------------------------------------------------------

    /** Rule 3.1: from silence nothing is learned. */
    @Test
    protected void required_rule3_1_silenceIsNeverARefusal(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("another"), "leader", scene.longTiming()));
        scene.harness().silence(party.backend());
        failsOrHangs(scene, party, "acquire while the store was silent");
    }

    /** Rule 3.1: a request whose answer was lost may have had its effect. */
    @Test
    protected void required_rule3_1_aLostAnswerIsNeverARefusal(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("another"), "leader", scene.longTiming()));
        scene.harness().loseAnswers(party.backend());
        failsOrHangs(scene, party, "acquire while the store's answers were lost");
    }

    private static void failsOrHangs(Scene scene, Party party, String what) throws InterruptedException {
        Claim claim = scene.longClaim("first");
        Party.Fate fate = party.fate(party.acquiring(claim, scene.callTimeout()));
        if (fate == Party.Fate.HUNG) {
            throw Cannot.because(what + " did not complete at all, which rule 7.1 is about");
        }
        scene.require(
                fate == Party.Fate.FAILED,
                what + ", of an election that nobody holds, was answered: " + fate
                        + "; nothing can have been learned, so it has to fail");
    }

    /** Rule 3.2: however late an answer comes, a term that is over stays over. */
    @Test
    protected void required_rule3_2_aTermThatEndedIsNotRevivedByALateAnswer(Scene scene) throws Exception {
        Party party = scene.party();
        try (Fleet fleet = new Fleet(scene)) {
            fleet.enter(party, "leader");
            if (!fleet.comesToTerms(1, scene.patience())) {
                throw Cannot.because("the only candidate did not come to lead");
            }
            scene.harness().silence(party.backend());
            if (!fleet.comesToEnds(1, scene.patience())) {
                throw Cannot.because("a term went on while the store was silent, which rule 2.1 is about");
            }
            scene.harness().heal(party.backend());
            scene.pass(scene.timing().retryPeriod().multipliedBy(3));
            String revived = fleet.revived();
            scene.require(revived.isEmpty(), revived);
        }
    }

    /** Rule 3.3: another run of the same process, or a second one by mistake, is somebody else. */
    @Test
    protected void required_rule3_3_aTwinOfTheSameIdentityIsAnotherHolder(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.longClaim("app");
        Claim twin = scene.longClaim("app");
        one.lead(claim);

        scene.notGranted(other.acquire(twin), "acquire of a claim with the holder's identity and another nonce");
        scene.notGranted(other.renew(twin), "renew of a claim with the holder's identity and another nonce");
        scene.granted(one.renew(claim), "renew after a twin of the same identity had asked");
    }

    /** Rule 3.3: a candidate whose answer was lost finds what it wrote, and does not wait for itself. */
    @Test
    protected void required_rule3_3_whatWasWrittenWithoutAnAnswerIsRecognised(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        long began = System.nanoTime();
        Party.Fate fate = renewsUnheard(scene, party, claim);

        Answer renewed = party.renew(claim);
        long lease = scene.longTiming().leaseDuration().toNanos();
        scene.require(
                renewed instanceof Answer.Granted || System.nanoTime() - began > lease,
                "a holder whose renewal " + fate + " as its answer was lost was refused afterwards (" + renewed
                        + "): its own write counted as another's");
    }

    /** Renews while the answer is lost, and has the answers back. */
    private static Party.Fate renewsUnheard(Scene scene, Party party, Claim claim) throws Exception {
        scene.harness().loseAnswers(party.backend());
        Party.Fate fate = party.fate(party.renewing(claim, scene.callTimeout()));
        scene.harness().heal(party.backend());
        return fate;
    }

    /** Rule 3.4: who may not write just now has not lost what it has written. */
    @Test
    protected void required_rule3_4_aRefusalToWriteEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::refuse, "the store refused to write");
    }

    /** Rule 3.4: nor has who may not read. */
    @Test
    protected void required_rule3_4_aRefusalToReadEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::refuseReads, "the store refused to read");
    }

    /** Rule 3.4: what stands between the two does not know what the store has. */
    @Test
    protected void required_rule3_4_aNotFoundOfSomethingInBetweenEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::misroute, "something in between answered \"not found\"");
    }

    /** Rule 3.4: a renewal that met its own copy was carried out all the same. */
    @Test
    protected void required_rule3_4_aRenewalThatMetItsOwnCopyEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::repeat, "each request was carried out twice");
    }

    /** What is done to an instance. */
    interface Act {
        void on(LockBackend backend) throws Exception;
    }

    private static void endsNoTerm(Scene scene, Act trouble, String what) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        trouble.on(party.backend());
        Party.Fate fate = party.fate(party.renewing(claim, scene.callTimeout()));
        scene.harness().heal(party.backend());

        scene.require(
                fate != Party.Fate.REFUSED,
                "renew of a claim that holds was answered Refused while " + what + ": its record stood");
        scene.granted(party.renew(claim), "renew after a while in which " + what);
    }

    /** Rule 3.4: a request that met its own copy was carried out all the same. */
    @Test
    protected void required_rule3_4_whatMetItsOwnCopyIsWithdrawn(Scene scene) throws Exception {
        Party party = scene.party();
        scene.harness().repeat(party.backend());
        Claim claim = scene.longClaim("first");
        Party.Fate fate = party.fate(party.acquiring(claim, scene.callTimeout()));
        scene.harness().heal(party.backend());
        party.withdraw(claim);
        leadsAtOnce(
                scene,
                scene.party(),
                "each request of an acquire was carried out twice and answered the second time, it " + fate
                        + ", and the claim was withdrawn");
    }

    // -- 4: owed ------------------------------------------------------------------------------------------------------

    /** Rule 4.1: who was refused leaves nothing that others would have to wait for. */
    @Test
    protected void required_rule4_1_whatWasRefusedLeavesNothing(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.waiting().withdraw(rivals.refused());
        rivals.leading().withdraw(rivals.held());
        leadsAtOnce(scene, scene.party(), "a standby was refused and withdrawn, and the leader was withdrawn");
    }

    /** Rule 4.1: what may have been written is withdrawn as if it had been. */
    @Test
    protected void required_rule4_1_whatHadNoAnswerIsWithdrawn(Scene scene) throws Exception {
        Party party = scene.party();
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        Party.Fate fate = renewsUnheard(scene, party, claim);

        party.withdraw(claim);
        leadsAtOnce(
                scene, scene.party(), "a holder's renewal " + fate + " as its answer was lost, and it was withdrawn");
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
        leadsAtOnce(scene, scene.party(), "two claims were acquired, the answer to each cancelled, and withdrawn");
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
        leadsAtOnce(
                scene,
                scene.party(),
                "the withdraw of a claim that holds " + fate + " while " + what
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

    // -- 5: withdraw --------------------------------------------------------------------------------------------------

    /** Rule 5.1: a candidate that was refused leaves without a trace. */
    @Test
    protected void required_rule5_1_whoWasRefusedWithdrawsWithoutHarmToTheHolder(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.waiting().withdraw(rivals.refused());
        scene.granted(rivals.leading().renew(rivals.held()), "the holder's renew after a standby's withdraw");
    }

    /** Rule 5.1: nor does the withdrawal of one that bears the holder's name. */
    @Test
    protected void required_rule5_1_aTwinWithdrawsWithoutHarmToTheHolder(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "app", "app");

        rivals.waiting().withdraw(rivals.refused());
        scene.granted(
                rivals.leading().renew(rivals.held()),
                "the holder's renew after the withdraw of another claim of its identity");
    }

    /** Rule 5.1: a deposed leader's withdrawal comes too late to mean its successor. */
    @Test
    protected void required_rule5_1_aDeposedLeaderWithdrawsWithoutHarmToItsSuccessor(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.longClaim("leader");
        one.lead(claim);
        scene.harness().delete(scene.election());
        Party other = scene.party();
        Claim next = scene.longClaim("next");
        other.lead(next);

        one.withdraw(claim);
        scene.granted(other.renew(next), "the successor's renew after its predecessor's withdraw");
    }

    /** Rule 5.1: nor does it mean another kind of client that wrote over it. */
    @Test
    protected void required_rule5_1_aStrangersRecordIsLeftAlone(Scene scene) throws Exception {
        Party one = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        scene.harness().rewrite(scene.election(), "stranger", Instant.now());
        long lease =
                System.nanoTime() + scene.timing().scaledNanos(scene.timing().leaseDuration());

        one.withdraw(claim);
        Answer answer = scene.party().acquire(scene.claim("next"));
        scene.require(
                !(answer instanceof Answer.Granted) || System.nanoTime() - lease >= 0,
                "another kind of client had written its record over a holder's, the holder was withdrawn, and the next"
                        + " to ask was answered " + answer);
    }

    /** Rule 5.2: a hand-over waits for nothing that could lapse. */
    @Test
    protected void required_rule5_2_afterAWithdrawalTheNextIsGrantedWithoutWaiting(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.leading().withdraw(rivals.held());
        leadsAtOnce(scene, rivals.waiting(), rivals.refused(), "a holder was withdrawn");
    }

    /** Nothing is left, and the next is granted without waiting for a lease to run out, where one takes long. */
    private static void leadsAtOnce(Scene scene, Party party, String after) throws Exception {
        int left = scene.harness().standing(scene.election()).orElse(0);
        scene.require(left == 0, after + ", and then " + left + " of its claims still stood in the store");
        leadsAtOnce(scene, party, scene.longClaim("next"), after);
    }

    private static void leadsAtOnce(Scene scene, Party party, Claim claim, String after) throws InterruptedException {
        long since = System.nanoTime();
        long lease = scene.timing().scaledNanos(scene.longTiming().leaseDuration()) * 9 / 10;
        Answer.Granted granted = party.leadWithin(claim, scene.patience().plusNanos(lease));
        scene.require(
                granted != null && System.nanoTime() - since < lease,
                after + ", and then the next was " + (granted == null ? "not granted at all" : "granted")
                        + " only when the lease of "
                        + ElectionTiming.text(scene.longTiming().leaseDuration())
                        + " had run out");
    }
}
