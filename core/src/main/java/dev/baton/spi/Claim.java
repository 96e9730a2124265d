package dev.baton.spi;

import java.util.Objects;

/**
 * The claim of one candidate to lead once: what it has written, or may have written, to the store.
 *
 * <p>A claim serves at most one term; the next term needs a new one (rule 4.4). Two claims are the same when their nonces
 * are: the identity alone tells neither a twin from this candidate, nor this run of a process from its last.
 *
 * @param election the contest
 * @param identity the candidate's name, for display
 * @param nonce identifies the claim in the store: part of every write, unique to this claim; letters, digits and
 *     {@code -}
 * @param timing what the candidate promises and expects
 */
public record Claim(ElectionName election, String identity, String nonce, ElectionTiming timing) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Claim that && nonce.equals(that.nonce);
    }

    @Override
    public int hashCode() {
        return Objects.hash(nonce);
    }

    @Override
    public String toString() {
        return election + " by " + Printable.value(identity) + " (" + nonce + ")";
    }
}
