package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import org.junit.jupiter.api.Test;

/** Rule 3: what follows from a call whose outcome is unknown. */
abstract class UnknownRules extends GrantRules {

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
        Party.Fate fate = party.renewUnheard(claim);

        Answer renewed = party.renew(claim);
        long lease = scene.longTiming().leaseDuration().toNanos();
        scene.require(
                renewed instanceof Answer.Granted || System.nanoTime() - began > lease,
                "a holder whose renewal " + fate + " as its answer was lost was refused afterwards (" + renewed
                        + "): its own write counted as another's");
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
        scene.vacant("each request of an acquire was carried out twice and answered the second time, it " + fate
                + ", and the claim was withdrawn");
    }
}
