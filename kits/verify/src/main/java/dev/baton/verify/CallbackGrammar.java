package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In each run, a term starts, is renewed only while it is valid, and ends once, with a reason; its work starts and stops at
 * most once each; and all of that before the next term begins.
 */
final class CallbackGrammar implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        history.runs().forEach(run -> new Reader(run, findings).read());
        return findings;
    }

    /** The events so far of the newest term. */
    private static final class Scene {
        private final FencingToken token;
        private @Nullable Moment validUntil;
        private boolean draining;
        private boolean ended;
        private boolean workStarted;
        private boolean workReturned;
        private boolean workStopped;

        Scene(FencingToken token, @Nullable Moment validUntil) {
            this.token = token;
            this.validUntil = validUntil;
        }
    }

    private static final class Reader {
        private final CandidateRun run;
        private final List<Finding> findings;
        private @Nullable Scene scene;
        private @Nullable LoggedEvent stopped;

        Reader(CandidateRun run, List<Finding> findings) {
            this.run = run;
            this.findings = findings;
        }

        void read() {
            if (!run.hasItsBeginning()) {
                Terms.of(run).stream()
                        .filter(term -> !term.hasItsBeginning())
                        .forEach(term -> scene = afterTheFact(term));
            }
            run.log().forEach(this::read);
        }

        /** A term whose beginning is not in the log: all events that may precede the log count as seen. */
        private static Scene afterTheFact(Term term) {
            Scene scene = new Scene(term.token(), null);
            scene.workStarted = true;
            return scene;
        }

        private void read(LoggedEvent logged) {
            switch (logged.event().type()) {
                case TERM_STARTED -> begins(logged);
                case STOPPED -> stops(logged);
                case RENEWED -> renewed(logged);
                case TERM_DRAINING, TERM_ENDED, WORK_STARTED, WORK_RETURNED, WORK_STOPPED -> ofTerm(logged);
                default -> {
                    // An event of the candidate, not of a term.
                }
            }
        }

        private void begins(LoggedEvent logged) {
            ElectionEvent event = logged.event();
            FencingToken token = event.token();
            if (token == null) {
                broken(logged, "began a term without a token");
                return;
            }
            if (stopped != null) {
                broken(logged, "began a term after it had stopped");
            }
            Scene last = scene;
            if (last != null && !last.ended) {
                broken(logged, "began a term before its term with token " + Words.token(last.token) + " had ended");
            } else if (last != null && last.workStarted && !last.workStopped) {
                broken(
                        logged,
                        "began a term before the work of its term with token " + Words.token(last.token)
                                + " had stopped");
            }
            if (event.validUntil() != null && !event.at().isBefore(event.validUntil())) {
                expired(logged, "began a term that had already run out");
            }
            scene = new Scene(token, event.validUntil());
        }

        private void renewed(LoggedEvent logged) {
            ElectionEvent event = logged.event();
            Scene term = scene;
            if (term == null || !term.token.equals(event.token())) {
                // A claim that is kept for a takeoverDelay is renewed before its term begins.
                return;
            }
            Moment until = term.validUntil;
            if (term.ended) {
                expired(logged, "renewed a term that had ended");
            } else if (until != null && !event.at().isBefore(until)) {
                expired(logged, "renewed a term " + Words.span(event.at().nanosSince(until)) + " after it had run out");
            }
            term.validUntil = event.validUntil();
        }

        private void ofTerm(LoggedEvent logged) {
            ElectionEvent event = logged.event();
            Scene term = scene;
            if (term == null && !run.hasItsBeginning()) {
                return;
            }
            if (term == null || !term.token.equals(event.token())) {
                broken(logged, "logged \"" + event.type().text() + "\" for a term that is not its newest");
                return;
            }
            switch (event.type()) {
                case TERM_DRAINING -> {
                    once(logged, term.draining || term.ended);
                    term.draining = true;
                }
                case TERM_ENDED -> {
                    once(logged, term.ended);
                    if (event.reason() == null) {
                        broken(logged, "ended a term without a reason");
                    }
                    term.ended = true;
                }
                case WORK_STARTED -> {
                    once(logged, term.workStarted && term.validUntil != null);
                    term.workStarted = true;
                }
                case WORK_RETURNED -> {
                    once(logged, term.workReturned || !term.workStarted);
                    term.workReturned = true;
                }
                default -> workStopped(logged, term);
            }
        }

        private void workStopped(LoggedEvent logged, Scene term) {
            once(logged, term.workStopped || !term.workStarted);
            if (!term.draining && !term.ended && run.hasItsBeginning()) {
                broken(logged, "stopped the work of a term that was neither asked to hand over nor over");
            }
            term.workStopped = true;
        }

        private void once(LoggedEvent logged, boolean wrong) {
            if (wrong) {
                broken(logged, "logged \"" + logged.event().type().text() + "\" twice, or out of order");
            }
        }

        private void stops(LoggedEvent logged) {
            Scene last = scene;
            if (stopped != null) {
                broken(logged, "stopped twice");
            } else if (last != null && !last.ended) {
                broken(logged, "stopped before its term had ended");
            } else if (last != null && last.workStarted && !last.workStopped) {
                broken(logged, "stopped before the work of its last term had");
            }
            stopped = logged;
        }

        private void broken(LoggedEvent logged, String what) {
            find(Rule.CALLBACK_GRAMMAR, logged, what);
        }

        private void expired(LoggedEvent logged, String what) {
            find(Rule.EXPIRY_IS_FINAL, logged, what);
        }

        private void find(Rule rule, LoggedEvent logged, String what) {
            FencingToken token = logged.event().token();
            findings.add(new Finding(
                    Kind.VIOLATION,
                    rule,
                    run.election(),
                    run.name() + " " + what + (token == null ? "" : "; token " + Words.token(token)),
                    List.of(logged.origin())));
        }
    }
}
