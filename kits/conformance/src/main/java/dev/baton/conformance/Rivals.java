package dev.baton.conformance;

import dev.baton.spi.Claim;

/**
 * Two instances: one leads, the other was refused and waits; both claims have the long timing.
 *
 * @param held the claim that leads
 * @param refused the claim that was refused
 */
record Rivals(Party leading, Claim held, Party waiting, Claim refused) {
    static Rivals of(Scene scene, String leader, String standby) throws Exception {
        Rivals rivals = new Rivals(scene.party(), scene.longClaim(leader), scene.party(), scene.longClaim(standby));
        rivals.leading.lead(rivals.held);
        scene.standsBy(rivals.waiting.acquire(rivals.refused));
        return rivals;
    }
}
