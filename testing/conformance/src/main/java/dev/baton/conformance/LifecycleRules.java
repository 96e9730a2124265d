package dev.baton.conformance;

import dev.baton.spi.Claim;
import org.junit.jupiter.api.Test;

/** Rule 8: scale, and the life of an instance. */
abstract class LifecycleRules extends UnknownRules {

    /** Rule 8.2: whoever closes need not know whether somebody has. */
    @Test
    protected void required_rule8_2_closeIsIdempotentAndThrowsNothing(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe();
        party.lead(scene.claim("leader"));
        for (int time = 1; time <= 3; time++) {
            try {
                party.backend().close();
            } catch (RuntimeException e) {
                throw scene.broken("close() threw at call " + time + ": " + e);
            }
        }
    }

    /** Rule 8.2: an instance that ends takes no other with it. */
    @Test
    protected void required_rule8_2_instancesKnowNothingOfEachOther(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim claim = scene.claim(scene.election(), "leader", scene.longTiming());
        one.lead(scene.claim(scene.election("other"), "leader", scene.longTiming()));
        other.lead(claim);

        one.backend().close();

        scene.granted(other.renew(claim), "renew on an instance after another instance was closed");
    }
}
