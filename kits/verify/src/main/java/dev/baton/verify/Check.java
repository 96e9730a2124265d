package dev.baton.verify;

import java.util.List;

/** One rule, held against one election's history. It reads nothing but the history, and keeps nothing. */
@FunctionalInterface
public interface Check {

    /** What there is to say, in the order of time; empty when all is well. */
    List<Finding> check(ElectionHistory history, Premises premises);

    /** All of them, in the order of {@link Rule}. */
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
