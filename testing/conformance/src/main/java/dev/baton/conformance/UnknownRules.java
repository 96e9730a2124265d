package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import org.junit.jupiter.api.Test;

/** Rules 3, 4 and 5: what is unknown, what is owed, and what withdraw may touch. */
abstract class UnknownRules extends GrantRules {

    /** Rule 3.3: another run of the same process, or a second one by mistake, is somebody else. */
    @Test
    protected void required_rule3_3_aTwinOfTheSameIdentityIsAnotherHolder(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.claim(scene.election(), "app", scene.longTiming());
        Claim twin = scene.claim(scene.election(), "app", scene.longTiming());
        one.lead(claim);

        scene.refused(other.acquire(twin), "acquire of a claim with the holder's identity and another nonce");
        scene.refused(other.renew(twin), "renew of a claim with the holder's identity and another nonce");
        other.withdraw(twin);
        scene.granted(one.renew(claim), "renew after a twin of the same identity was withdrawn");
    }

    /** Rule 4.4: the next term needs a new claim. */
    @Test
    protected void required_rule4_4_whatWasWithdrawnIsNotRenewed(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.claim("leader");
        one.lead(claim);
        one.withdraw(claim);

        scene.refused(one.renew(claim), "renew of a claim that was withdrawn");
        other.lead(scene.claim("next"));
    }

    /** Rule 5.1: a candidate that was refused leaves without a trace. */
    @Test
    protected void required_rule5_1_whoWasRefusedWithdrawsWithoutHarmToTheHolder(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim leader = scene.claim(scene.election(), "leader", scene.longTiming());
        Claim standby = scene.claim(scene.election(), "standby", scene.longTiming());
        Answer.Granted granted = one.lead(leader);
        scene.refused(other.acquire(standby), "acquire of a second claim");

        other.withdraw(standby);
        Answer.Granted renewed = scene.granted(one.renew(leader), "the holder's renew after a standby's withdraw");
        scene.require(
                renewed.token().equals(granted.token()),
                "the holder's token changed from " + granted.token() + " to " + renewed.token()
                        + " when a standby was withdrawn");
    }

    /** Rule 5.2: a hand-over waits for nothing that could lapse. */
    @Test
    protected void required_rule5_2_afterAWithdrawalTheNextIsGrantedWithoutWaiting(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim leader = scene.claim(scene.election(), "leader", scene.longTiming());
        Claim standby = scene.claim(scene.election(), "standby", scene.longTiming());
        Answer.Granted granted = one.lead(leader);
        scene.refused(other.acquire(standby), "acquire of a second claim");

        one.withdraw(leader);
        long until =
                granted.sentAt().nanos() + scene.longTiming().leaseDuration().toNanos();
        while (!(other.acquire(standby) instanceof Answer.Granted)) {
            scene.require(
                    System.nanoTime() - until < 0,
                    "after a claim had been withdrawn a standby kept being refused until the lease had run out that"
                            + " was given back");
            other.ear().awaitAny(other.ear().place(), scene.timing().retryPeriod());
        }
    }
}
