package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Moment;

/** The two ways in which a term ends. */
final class Ending {
    private Ending() {}

    /**
     * Its work has stopped: the claim is given back at once, and the contest left to others for a while if the candidate
     * stays in it.
     */
    static State orderly(Candidate candidate, Tenure tenure, EndReason reason, Moment now, Out out) {
        Candidate ended = end(candidate, tenure, reason, now, out);
        return Withdrawing.now(ended, tenure.term().claim(), tenure.call(), now, ended.rest(now))
                .tick(now, out);
    }

    /**
     * Its work has not stopped: the work, permits included, is interrupted, and the claim is kept from others until it would have lapsed
     * anyway, or the work has ended.
     */
    static State abruptly(Candidate candidate, Tenure tenure, EndReason reason, Moment now, Out out) {
        Candidate ended = end(candidate, tenure, reason, now, out);
        if (ended.work() != null) {
            out.add(new Effect.InterruptWork(tenure.term()));
        }
        return Withdrawing.afterLoss(ended.stopWork(reason, out), tenure, now).tick(now, out);
    }

    private static Candidate end(Candidate candidate, Tenure tenure, EndReason reason, Moment now, Out out) {
        out.add(new Effect.EndTerm(tenure.term(), reason));
        out.tellTerm(candidate, now, Type.TERM_ENDED, tenure.term(), reason);
        return candidate.sees(null, now, out);
    }
}
