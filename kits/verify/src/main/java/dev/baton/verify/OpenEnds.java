package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Printable;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reports what the logs leave open: missing beginnings and ends, and leaders without a log. */
final class OpenEnds implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        for (CandidateRun run : history.runs()) {
            if (!run.hasItsBeginning()) {
                findings.add(note(
                        history,
                        "the log of " + run.name() + " begins in the middle, with \""
                                + run.first().event().type().text() + "\"",
                        run.first()));
            }
            history.termsOf(run).stream()
                    .filter(term -> term.ended() == null)
                    .forEach(term -> findings.add(unended(history, term)));
            run.log().stream()
                    .filter(logged -> logged.event().type() == Type.TOKEN_REFUSED)
                    .forEach(logged -> findings.add(refused(history, run, logged)));
        }
        for (String holder : history.unheard()) {
            findings.add(new Finding(
                    Kind.NOTE,
                    Rule.RECORDS,
                    history.election(),
                    Printable.value(holder) + " was seen to lead, and there is no log of it: its terms are not checked",
                    List.of()));
        }
        return findings;
    }

    private static Finding unended(ElectionHistory history, Term term) {
        String until = term.validUntil() == null
                ? "the end of its validity is unknown"
                : "it is counted as valid until " + Words.time(term.validUntil().wall());
        return note(
                history,
                "the logs do not show the end of " + term + ": the process died, or "
                        + (term.run().last().origin().isRecording()
                                ? "its recording ended before it: one that is dumped at exit may miss the hand-over"
                                : "its log is incomplete")
                        + "; " + until,
                term.run().last());
    }

    private static Finding refused(ElectionHistory history, CandidateRun run, LoggedEvent logged) {
        ElectionEvent event = logged.event();
        return note(
                history,
                run.name() + " refused to lead: " + (event.detail() == null ? "the store went back" : event.detail()),
                logged);
    }

    private static Finding note(ElectionHistory history, String text, LoggedEvent where) {
        return new Finding(Kind.NOTE, Rule.RECORDS, history.election(), text, List.of(where.origin()));
    }
}
