package dev.baton.machine;

import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The configuration of one candidate.
 *
 * @param election the contest
 * @param identity the candidate's name, for display
 * @param candidate the first 24 characters of the nonces of its claims, as in a UUID; unique to this run of it
 * @param timing its parameters
 * @param drainTimeout how long a term asked to hand over may take
 * @param takeoverDelay how long a granted claim is held before its term begins; usually zero
 */
public record CandidateConfig(
        ElectionName election,
        String identity,
        String candidate,
        ElectionTiming timing,
        Duration drainTimeout,
        Duration takeoverDelay) {

    /** The part of a nonce that tells this run of a candidate from every other. */
    public static String nonceOf(UUID random) {
        return random.toString().substring(0, 24);
    }

    /** The {@code number}th claim of this candidate; its nonce has the shape of a UUID. */
    Claim claim(long number) {
        return new Claim(election, identity, candidate + HexFormat.of().toHexDigits(number, 12), timing);
    }
}
