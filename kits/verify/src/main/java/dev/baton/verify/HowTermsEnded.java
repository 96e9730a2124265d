package dev.baton.verify;

import dev.baton.event.EndReason;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Names every term that was not handed over in order, with its reason. */
final class HowTermsEnded implements Check {
    /** A loop that is busy says a little late that a term has run out. */
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
                                            + " before the process said so: the process stood still"),
                    List.of(ended.origin())));
        }
        return findings;
    }
}
