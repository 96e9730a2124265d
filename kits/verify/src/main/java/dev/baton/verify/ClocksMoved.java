package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reports where a wall clock was set, or a machine suspended: times before and after it do not compare well. */
final class ClocksMoved implements Check {
    private static final long WORTH_SAYING = 500_000_000;

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        for (CandidateRun run : history.runs()) {
            LoggedEvent before = run.first();
            for (LoggedEvent logged : run.log()) {
                long moved = CandidateRun.offset(logged.event()) - CandidateRun.offset(before.event());
                if (Math.abs(moved) > WORTH_SAYING) {
                    findings.add(moved(history, run, logged, moved));
                }
                before = logged;
            }
        }
        return findings;
    }

    private static Finding moved(ElectionHistory history, CandidateRun run, LoggedEvent logged, long moved) {
        ElectionEvent event = logged.event();
        return new Finding(
                Kind.NOTE,
                Rule.CLOCKS,
                history.election(),
                "the wall clock of " + run.name() + " moved by " + (moved < 0 ? "−" : "+") + Words.span(Math.abs(moved))
                        + " against its monotonic one before "
                        + Words.time(event.at().wall()) + ": it was set"
                        + (moved < 0 ? "" : ", or the machine was suspended"),
                List.of(logged.origin()));
    }
}
