package dev.baton.campaign.candidate;

/** One way to elect: a candidate that is judged by what its own API says. */
public interface Contender extends AutoCloseable {

    /** Contends, again after each loss, until closed; called once, and returns at once. */
    void contend(Leadership leadership);

    /**
     * Whether the API says, at this instant, that this candidate leads: what a user would ask before a step that only a
     * leader may take. May be called from any thread, as often as every few milliseconds.
     */
    boolean claimsToLead();

    /** Leaves the contest as a well-behaved user's process does on SIGTERM: releases what it holds. */
    @Override
    void close();
}
