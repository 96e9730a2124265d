package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Rule 5: what withdraw removes, and what it leaves alone. */
abstract class WithdrawRules extends OwedRules {

    /** Rule 5.1: the withdraw of a refused claim leaves the holder's claim alone. */
    @Test
    protected void required_rule5_1_whoWasRefusedWithdrawsWithoutHarmToTheHolder(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.waiting().withdraw(rivals.refused());
        scene.granted(rivals.leading().renew(rivals.held()), "the holder's renew after a standby's withdraw");
    }

    /** Rule 5.1: the withdraw of a twin with the holder's identity leaves the holder's claim alone. */
    @Test
    protected void required_rule5_1_aTwinWithdrawsWithoutHarmToTheHolder(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "app", "app");

        rivals.waiting().withdraw(rivals.refused());
        scene.granted(
                rivals.leading().renew(rivals.held()),
                "the holder's renew after the withdraw of another claim of its identity");
    }

    /** Rule 5.1: a deposed leader's withdraw leaves its successor's claim alone. */
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

    /** Rule 5.1: withdraw leaves a record alone that another kind of client wrote over it. */
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
                        + " acquire was answered " + answer);
    }

    /** Rule 5.2: after a withdraw no candidate waits for a lease to expire. */
    @Test
    protected void required_rule5_2_afterAWithdrawalTheNextIsGrantedWithoutWaiting(Scene scene) throws Exception {
        Rivals rivals = Rivals.of(scene, "leader", "standby");

        rivals.leading().withdraw(rivals.held());
        rivals.waiting().leadAtOnce(rivals.refused(), "a holder was withdrawn");
    }
}
