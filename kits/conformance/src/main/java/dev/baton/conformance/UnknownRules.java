package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import org.junit.jupiter.api.Test;

/** Rule 3: what follows from a call whose outcome is unknown. */
abstract class UnknownRules extends GrantRules {

    /** Rule 3.1: silence is not a refusal. */
    @Test
    protected void required_rule3_1_silenceIsNeverARefusal(Scene scene) throws Exception {
        Party party = scene.party();
        party.lead(scene.claim(scene.election("another"), "leader", scene.longTiming()));
        scene.harness().silence(party.backend());
        failsOrHangs(scene, party, "acquire while the store was silent");
    }

    /** Rule 3.1: a lost answer is not a refusal: the request may have taken effect. */
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
                what + ", of an election without a holder, was answered: " + fate + "; the backend cannot know the"
                        + " outcome, so it has to fail");
    }

    /** Rule 3.2: a late answer does not revive a term that has ended. */
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

    /** Rule 3.3: another run of the same process, or a second process with its identity, is another holder. */
    @Test
    protected void required_rule3_3_aTwinOfTheSameIdentityIsAnotherHolder(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.longClaim("app");
        Claim twin = scene.longClaim("app");
        one.lead(claim);

        scene.notGranted(other.acquire(twin), "acquire of a claim with the holder's identity and another nonce");
        scene.notGranted(other.renew(twin), "renew of a claim with the holder's identity and another nonce");
        scene.granted(one.renew(claim), "renew after an acquire of a twin with the same identity");
    }

    /** Rule 3.3: a candidate whose answer was lost recognises its own write, and does not wait for it to expire. */
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
                        + "): the backend took its own write for another candidate's");
    }

    /** Rule 3.4: a refused write does not end a term. */
    @Test
    protected void required_rule3_4_aRefusalToWriteEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::refuse, "the store refused to write");
    }

    /** Rule 3.4: a refused read does not end a term. */
    @Test
    protected void required_rule3_4_aRefusalToReadEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::refuseReads, "the store refused to read");
    }

    /** Rule 3.4: a proxy's "not found" does not end a term. */
    @Test
    protected void required_rule3_4_aNotFoundOfSomethingInBetweenEndsNoTerm(Scene scene) throws Exception {
        endsNoTerm(scene, scene.harness()::misroute, "something in between answered \"not found\"");
    }

    /** Rule 3.4: a renewal that conflicts with its own copy took effect. */
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
        scene.granted(party.renew(claim), "renew after a time in which " + what);
    }

    /** Rule 3.4: withdraw removes a claim whose request conflicted with its own copy. */
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
