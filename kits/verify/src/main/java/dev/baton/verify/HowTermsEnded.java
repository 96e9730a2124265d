package dev.baton.verify;

import dev.baton.event.EndReason;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reports every term that did not end with an orderly hand-over, with its reason. */
final class HowTermsEnded implements Check {
    /** A busy loop reports an expired term a little late. */
    private static final long WORTH_SAYING = 250_000_000;

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        for (Term term : history.terms()) {
            EndReason reason = term.reason();
            LoggedEvent ended = term.ended();
            if (reason == null || ended == null || !reason.isUnwanted()) {
                continue;
            }
            long late = term.saidLateBy();
            findings.add(new Finding(
                    Kind.NOTE,
                    Rule.ENDS,
                    history.election(),
                    term + " ended at " + Words.time(ended.event().at().wall()) + " because " + reason.text() + " ("
                            + reason + ")"
                            + (late < WORTH_SAYING
                                    ? ""
                                    : "; it had run out " + Words.span(late)
                                            + " before the process reported it: the process stood still"),
                    List.of(ended.origin())));
        }
        return findings;
    }
}
