package dev.baton.verify;

import java.util.List;

/** Checks one rule on one election's history. It reads only the history, and keeps no state. */
@FunctionalInterface
public interface Check {

    /** The findings, in the order of time; empty when the rule was kept. */
    List<Finding> check(ElectionHistory history, Premises premises);

    /** All checks, in the order of {@link Rule}. */
    static List<Check> all() {
        return List.of(
                new OneLeader(),
                new TokensGrow(),
                new TokenHasOneHolder(),
                new CallbackGrammar(),
                new LeaderWithinBound(),
                new HowTermsEnded(),
                new OpenEnds(),
                new ClocksMoved());
    }
}
