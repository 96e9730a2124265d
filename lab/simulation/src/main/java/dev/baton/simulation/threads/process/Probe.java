package dev.baton.simulation.threads.process;

import static dev.baton.simulation.threads.process.SimulatedProcess.MILLI;
import static dev.baton.simulation.threads.process.SimulatedProcess.SECOND;
import static dev.baton.simulation.threads.process.SimulatedProcess.SLACK;

import dev.baton.Health;
import dev.baton.Leadership;
import dev.baton.simulation.threads.Simulated;
import dev.baton.spi.BackendRuntime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at everything again and again, by the process's clock alone, and knows what has to hold by when. */
final class Probe implements Runnable {
    /** What may end a term though all its own code behaves. */
    private static final Set<Trouble> EXCUSES = Set.of(
            Trouble.STORE_SILENT,
            Trouble.STORE_FAILS,
            Trouble.STORE_THROWS,
            Trouble.RECORD_DELETED,
            Trouble.LOOP_HELD,
            Trouble.MEMORY_SHORT,
            Trouble.THREADS_SHORT,
            Trouble.STARVED,
            Trouble.CALLBACK_EXITS);

    private final Surroundings around;
    private final Store store;
    private final BackendRuntime runtime;
    private final List<Candidate> candidates;

    /** In some worlds nobody asks whether a term is valid: the question alone ends one that has expired. */
    private final boolean asks = Simulated.chance().nextBoolean();

    /** Whether an election whose own code behaves has a reason to lose a term. */
    private final boolean excused;

    private boolean ended;

    Probe(Surroundings around, Store store, BackendRuntime runtime, List<Candidate> candidates) {
        this.around = around;
        this.store = store;
        this.runtime = runtime;
        this.candidates = candidates;
        this.excused = around.troubles().stream().anyMatch(EXCUSES::contains);
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            for (Candidate candidate : candidates) {
                look(candidate);
            }
            long pace = candidates.get(0).timing().retryPeriod().toNanos() / 8;
            Simulated.await(() -> ended, pace);
        }
    }

    private void look(Candidate candidate) {
        if (asks) {
            leads(candidate);
        }
        long now = Simulated.now();
        long over = store.claimedAt(candidate.name())
                + candidate.timing().renewDeadline().toNanos();
        for (Term term : candidate.terms()) {
            if (now >= over && term.overAt < 0) {
                term.overAt = over;
            }
            isTold(candidate, term);
            boolean costs = candidate.isInnocent() && term.endedTold && !candidate.isClosed();
            if (costs && !excused) {
                throw Simulated.violation("others' code cost " + candidate.name() + " its " + term);
            }
        }
        worksNoLonger(candidate);
        isHealthTrue(candidate);
    }

    /** Notes the term under way. */
    void leads(Candidate candidate) {
        candidate.election().leadership().ifPresent(candidate::term);
    }

    private static long pace(Candidate candidate) {
        return candidate.timing().retryPeriod().toNanos() / 4;
    }

    private static long retry(Candidate candidate) {
        return candidate.timing().retryPeriod().toNanos();
    }

    // -- deposed work is told within its bound ------------------------------------------------------------------------

    private void isTold(Candidate candidate, Term term) {
        if (term.overAt < 0) {
            return;
        }
        long limit = around.undisturbed(term.overAt) + pace(candidate) + SLACK;
        if (Simulated.now() <= limit) {
            return;
        }
        Thread starter = term.starter;
        if (starter != null && term.ours && isDeaf(starter, term.interruptsBefore)) {
            throw Simulated.violation(candidate.name() + ": the work of " + term + " was not interrupted "
                    + (Simulated.now() - term.overAt) / MILLI + " ms after it was over");
        }
        if (!term.endedTold && !around.has(Trouble.STAGE_HANGS) && !runtime.isClosed()) {
            throw Simulated.violation(candidate.name() + ": the end of " + term + " is not told "
                    + (Simulated.now() - term.overAt) / MILLI + " ms after it was over");
        }
        long stopBy = Math.max(limit, term.returnedAt) + retry(candidate) + pace(candidate) + SLACK;
        boolean due = term.returnedAt >= 0 && term.stoppedAt < 0 && !around.isLoopHeld();
        if (due && Simulated.now() > around.undisturbed(stopBy) && !runtime.isClosed()) {
            throw Simulated.violation(candidate.name() + ": onStoppedLeading of " + term + " was not called "
                    + (Simulated.now() - term.returnedAt) / MILLI + " ms after its work returned");
        }
    }

    /** Whether it was not interrupted, though it might have cleared the flag. */
    private static boolean isDeaf(Thread thread, int before) {
        return Term.isAtWork(thread) && Simulated.interrupts(thread) == before;
    }

    private void worksNoLonger(Candidate candidate) {
        long over = store.claimedAt(candidate.name())
                + candidate.timing().renewDeadline().toNanos();
        if (Simulated.now() > around.undisturbed(over) + pace(candidate) + SLACK) {
            for (Map.Entry<Thread, Integer> each : candidate.interruptibleWork().entrySet()) {
                if (isDeaf(each.getKey(), each.getValue())) {
                    throw Simulated.violation(candidate.name() + ": work inside ifLeading was not interrupted "
                            + (Simulated.now() - over) / MILLI + " ms after its term was over");
                }
            }
        }
    }

    // -- health tells the truth ---------------------------------------------------------------------------------------

    private void isHealthTrue(Candidate candidate) {
        long before = Simulated.now();
        Health health = candidate.election().health();
        if (Simulated.now() - before > SLACK) {
            throw Simulated.violation("health() took " + (Simulated.now() - before) / MILLI + " ms");
        }
        String wrong = health.healthy() && !health.state().equals("stopped") ? unhealthy(candidate) : null;
        if (wrong != null) {
            throw Simulated.violation(candidate.name() + " says " + health + ", and " + wrong);
        }
    }

    /** What the candidate has been unfit for, for longer than health may be wrong, or null. */
    private @Nullable String unhealthy(Candidate candidate) {
        long now = Simulated.now();
        long retry = retry(candidate);
        if (around.isLoopHeld() && now > around.undisturbed(around.loopHeldSince()) + 2 * retry + SLACK) {
            return "the loop has stood still for " + (now - around.loopHeldSince()) / MILLI + " ms";
        }
        long over = store.claimedAt(candidate.name())
                + candidate.timing().renewDeadline().toNanos();
        if (candidate.works() && now > around.undisturbed(over) + 2 * retry + SLACK) {
            return "what it worked on has not returned " + (now - over) / MILLI + " ms after its term was over";
        }
        long unanswered = candidate.timing().leaseDuration().toNanos()
                + candidate.timing().renewDeadline().toNanos()
                + 2 * retry;
        long silentSince = Math.max(around.silentSince(), candidate.wantedSince());
        if (candidate.isWanted() && around.isSilent() && now > around.undisturbed(silentSince) + unanswered) {
            return "the store has not answered for " + (now - around.silentSince()) / MILLI + " ms";
        }
        return null;
    }

    /** Whether all is as it has to be when nothing is wrong. */
    boolean isGood(Candidate candidate) {
        if (candidate.isClosed()) {
            return true;
        }
        Leadership leadership = candidate.election().leadership().orElse(null);
        return leadership != null
                && leadership.acceptsWork()
                && candidate.term(leadership).begunAt >= 0
                && candidate.election().health().healthy();
    }

    // -- what was begun is completed ----------------------------------------------------------------------------------

    void isComplete(Candidate candidate, Term term) {
        boolean complete = Simulated.await(
                () -> term.drainingTold
                        && term.endedTold
                        && term.starter == null
                        && term.stopper == null
                        && (term.begunAt < 0 || term.stoppedReturnedAt >= 0),
                30 * SECOND);
        if (!complete) {
            throw Simulated.violation(candidate.name() + ": of " + term + " not all was told: draining "
                    + term.drainingTold + ", ended " + term.endedTold + ", begun " + term.begunAt + ", returned "
                    + term.returnedAt + ", stopped " + term.stoppedAt + ", returned " + term.stoppedReturnedAt);
        }
    }
}
