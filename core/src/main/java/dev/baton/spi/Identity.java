package dev.baton.spi;

import dev.baton.internal.Required;

/** The rule for a candidate's identity, which operators see as the name of the leader. */
public final class Identity {
    /** The longest identity, in characters. */
    public static final int MAX_LENGTH = 253;

    private Identity() {}

    /**
     * Checks an identity: 1 to {@value #MAX_LENGTH} characters, all {@linkplain Printable printable}, none blank at the ends.
     *
     * @return {@code identity}
     * @throws IllegalArgumentException naming the value, the rule and the way out
     */
    public static String check(String identity) {
        if (Required.given("identity", identity).isBlank()) {
            throw new IllegalArgumentException("identity \"" + Printable.value(identity)
                    + "\" must not be empty: stores read an empty holder as a free lock; leave it out to get the host"
                    + " name and a random suffix");
        }
        if (identity.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("identity \"" + Printable.value(identity.substring(0, 40)) + "…\" has "
                    + identity.length() + " characters and may have at most " + MAX_LENGTH + "; shorten it");
        }
        if (!identity.equals(identity.strip()) || !identity.codePoints().allMatch(Printable::isPrintable)) {
            throw new IllegalArgumentException(
                    "identity \""
                            + Printable.value(identity)
                            + "\" must not begin or end with white space nor contain control or invisible characters; remove them");
        }
        return identity;
    }
}
