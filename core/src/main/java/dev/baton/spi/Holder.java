package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The holder of an election, as read from the store: for display, and for the guard against tokens that went backwards.
 *
 * @param identity the holder's own name, as it is in the store: show it with {@link Printable#value}
 * @param nonce the holder's {@linkplain Claim#nonce() nonce}, or null when another kind of client wrote the record
 * @param token the token of the holder's term, or null where the store does not contain it
 * @param acquired when the term began by the holder's clock, or null where the store does not contain it
 * @param renewed when the holder last renewed by the holder's clock, or null where the store does not contain it
 * @param transitions how often leadership changed hands, or −1 where the store does not contain it
 */
public record Holder(
        String identity,
        @Nullable String nonce,
        @Nullable FencingToken token,
        @Nullable Instant acquired,
        @Nullable Instant renewed,
        int transitions) {

    /** A holder of which only the identity is known. */
    public static Holder named(String identity) {
        return new Holder(Required.given("identity", identity), null, null, null, null, -1);
    }

    /** For a log: printable, whatever the store contains. */
    @Override
    public String toString() {
        return Printable.value(identity) + (token == null ? "" : " with token " + token);
    }

    /** Whether this holder wrote {@code claim}. */
    public boolean holds(Claim claim) {
        return claim.nonce().equals(nonce);
    }

    /** Whether this and {@code other} are the same leadership, however often renewed since. */
    public boolean sameAs(@Nullable Holder other) {
        return other != null
                && identity.equals(other.identity)
                && java.util.Objects.equals(nonce, other.nonce)
                && (token == null || other.token == null || token.equals(other.token));
    }
}
