package dev.baton.verify;

/** What is checked. */
public enum Rule {
    /** No two terms of one election are valid at the same moment. */
    ONE_LEADER("one leader at a time"),
    /** A term's token is greater than that of every term that began before it. */
    TOKENS_GROW("tokens grow"),
    /** No two terms have the same token. */
    TOKEN_HAS_ONE_HOLDER("a token has one holder"),
    /** A term starts, its work is started and stopped at most once each, and it is over before the next. */
    CALLBACK_GRAMMAR("a term starts and stops once"),
    /** What has run out is never renewed. */
    EXPIRY_IS_FINAL("what has expired stays so"),
    /** While a candidate contends and reaches the store, somebody leads again within the bound. */
    LEADER_WITHIN_BOUND("a leader again within the bound"),
    /** What leaders wrote where tokens are compared is neither overwritten by a deposed one nor lost. */
    FENCED_WRITES("fenced writes"),
    /** How terms ended that were not handed over. */
    ENDS("how terms ended"),
    /** What the logs leave open. */
    RECORDS("what the logs leave open"),
    /** What the clocks did. */
    CLOCKS("clocks");

    private final String text;

    Rule(String text) {
        this.text = text;
    }

    /** In words. */
    public String text() {
        return text;
    }
}
