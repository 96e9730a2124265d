package dev.baton.verify;

/** The rules that are checked. */
public enum Rule {
    /** No two terms of one election are valid at the same moment. */
    ONE_LEADER("one leader at a time"),
    /** A term's token is greater than that of every term that began before it. */
    TOKENS_GROW("tokens grow"),
    /** No two terms have the same token. */
    TOKEN_HAS_ONE_HOLDER("a token has one holder"),
    /** A term starts, its work is started and stopped at most once each, and it is over before the next. */
    CALLBACK_GRAMMAR("a term starts and stops once"),
    /** An expired term is never renewed. */
    EXPIRY_IS_FINAL("what has expired stays so"),
    /** While a candidate contends and reaches the store, a candidate leads again within the bound. */
    LEADER_WITHIN_BOUND("a leader again within the bound"),
    /** Writes to a resource that compares tokens are neither overwritten by a deposed leader nor lost. */
    FENCED_WRITES("fenced writes"),
    /** The reasons of terms that ended without a hand-over. */
    ENDS("how terms ended"),
    /** The questions that the logs leave open. */
    RECORDS("what the logs leave open"),
    /** The steps of wall clocks. */
    CLOCKS("clocks");

    private final String text;

    Rule(String text) {
        this.text = text;
    }

    /** The rule in words. */
    public String text() {
        return text;
    }
}
