package dev.baton.event;

/** Why a term ended. */
public enum EndReason {
    /** No renewal succeeded within renewDeadline, by this process's own clocks. */
    EXPIRED("it could not be renewed in time", false),
    /** The store shows that the claim is gone or belongs to another holder. */
    LOST("its claim is gone or belongs to another holder", false),
    /** Asked to hand over: {@code stepDown()}. */
    STEPPED_DOWN("it was asked to step down", true),
    /** Asked to leave the contest: {@code withdraw()}. */
    WITHDRAWN("it was withdrawn from the contest", true),
    /** The election was closed. */
    CLOSED("the election was closed", true),
    /** onStartedLeading threw, was rejected by its executor, or did not begin in time. */
    START_FAILED("its work could not start or failed", true),
    /** The work did not stop within the drain timeout. */
    DRAIN_TIMED_OUT("its work did not stop in time", false);

    private final String text;
    private final boolean orderly;

    EndReason(String text, boolean orderly) {
        this.text = text;
        this.orderly = orderly;
    }

    /** The reason, for an operator. */
    public String text() {
        return text;
    }

    /** Whether the claim was still held when the work stopped, so that nothing was lost. */
    public boolean isOrderly() {
        return orderly;
    }

    /** Whether an operator should know: neither the application nor an operator asked for this end. */
    public boolean isUnwanted() {
        return !orderly || this == START_FAILED;
    }
}
