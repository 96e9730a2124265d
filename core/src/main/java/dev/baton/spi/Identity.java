package dev.baton.spi;

/** The rule for a candidate's identity: what operators read as the answer to "who is leader?". */
public final class Identity {
    /** The longest identity, in characters. */
    public static final int MAX_LENGTH = 253;

    private Identity() {}

    /**
     * Checks an identity: 1 to {@value #MAX_LENGTH} characters, none of them blank at the ends or a control character.
     *
     * @return {@code identity}
     * @throws IllegalArgumentException naming the value, the rule and the way out
     */
    public static String check(String identity) {
        if (identity.isBlank()) {
            throw new IllegalArgumentException("identity \"" + identity
                    + "\" must not be empty: stores read an empty holder as a free lock; leave it out to get the host"
                    + " name and a random suffix");
        }
        if (identity.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("identity \"" + identity.substring(0, 40) + "…\" has "
                    + identity.length() + " characters and may have at most " + MAX_LENGTH + "; shorten it");
        }
        if (!identity.equals(identity.strip()) || identity.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("identity \""
                    + identity.replaceAll("\\p{Cc}", "?")
                    + "\" must not begin or end with white space nor contain control characters; remove them");
        }
        return identity;
    }
}
