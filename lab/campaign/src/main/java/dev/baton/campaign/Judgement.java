package dev.baton.campaign;

import dev.baton.verify.Staging;
import dev.baton.verify.Verification;
import dev.baton.verify.register.RegisterVerdict;
import java.util.List;

/**
 * What is to be said of a campaign.
 *
 * @param verification all findings, with the terms that they rest on
 * @param staging how to draw them, with the faults
 * @param effects what came of each fault
 * @param fenced what became of the register that compares tokens
 * @param unfenced what became of the other, which is held against nobody
 * @param overlaps in which two said that they led, explained or not
 */
record Judgement(
        Verification verification,
        Staging staging,
        List<Effect> effects,
        RegisterVerdict fenced,
        RegisterVerdict unfenced,
        List<Overlap> overlaps) {

    /** Whether no promise was broken. */
    boolean isGood() {
        return verification.isGood();
    }
}
