package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Moment;

/** The two ways in which a term ends. */
final class Ending {
    private Ending() {}

    /**
     * Its work has stopped: the claim is withdrawn at once, and the candidate, if it stays in the contest, lets others
     * acquire first for a while.
     */
    static State orderly(Knowledge knowledge, Tenure tenure, EndReason reason, Moment now, Effects effects) {
        Knowledge ended = end(knowledge, tenure, reason, now, effects);
        return Withdrawing.now(ended, tenure.term().claim(), tenure.call(), now, ended.rest(now))
                .tick(now, effects);
    }

    /**
     * Its work has not stopped: the work, permits included, is interrupted, and the claim is withdrawn only once it would
     * have lapsed anyway, or the work has ended.
     */
    static State abruptly(Knowledge knowledge, Tenure tenure, EndReason reason, Moment now, Effects effects) {
        Knowledge ended = end(knowledge, tenure, reason, now, effects);
        if (ended.work() != null) {
            effects.add(new Effect.InterruptWork(tenure.term()));
        }
        return Withdrawing.afterLoss(ended.stopWork(reason, effects), tenure, now)
                .tick(now, effects);
    }

    private static Knowledge end(Knowledge knowledge, Tenure tenure, EndReason reason, Moment now, Effects effects) {
        effects.add(new Effect.EndTerm(tenure.term(), reason));
        effects.tellTerm(knowledge, now, Type.TERM_ENDED, tenure.term(), reason);
        return knowledge.sees(null, now, effects);
    }
}
