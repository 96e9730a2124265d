package dev.baton.simulation.threads.process;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.Permit;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.simulation.threads.Simulated;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One election of the process, its callbacks, its users, and what is known of its terms. */
final class Candidate {
    private static final String VIOLATED = ": ";

    private final ElectionName name;
    private final ElectionTiming timing;
    private final Duration drainTimeout;
    private final Surroundings around;
    private final boolean innocent;
    private final Map<String, Term> terms = new LinkedHashMap<>();
    private final Map<Thread, Integer> interruptibleWork = new LinkedHashMap<>();
    private final boolean supplied;
    private int permits;
    private @Nullable LeaderElection election;

    /** What the user wants of it. */
    private boolean wanted = true;

    private long wantedSince;
    private boolean closed;

    Candidate(String name, ElectionTiming timing, Surroundings around, boolean innocent) {
        this.name = ElectionName.parse(name);
        this.timing = timing;
        this.around = around;
        this.innocent = innocent;
        this.supplied = !innocent && around.has(Trouble.EXECUTOR_SUPPLIED);
        long[] drains = {
            timing.renewDeadline().toNanos() / 2,
            timing.renewDeadline().toNanos(),
            timing.renewDeadline().toNanos() * 2
        };
        this.drainTimeout = Duration.ofNanos(drains[Simulated.chance().nextInt(drains.length)]);
    }

    void start(LockBackend backend) {
        LeaderElection.Builder builder = LeaderElection.on(backend, name.toString())
                .identity("me")
                .timing(timing)
                .drainTimeout(drainTimeout)
                .onStartedLeading(this::started)
                .onStoppedLeading(this::stopped)
                .onLeaderChange(leader -> news())
                .events(event -> {
                    around.isForeign("a sink");
                    if (!innocent) {
                        around.hears("a sink", Trouble.SINK_HANGS, Trouble.SINK_THROWS, Trouble.SINK_REENTERS);
                    }
                });
        if (supplied) {
            builder.callbackExecutor(executor());
        }
        election = builder.start();
    }

    LeaderElection election() {
        return java.util.Objects.requireNonNull(election);
    }

    ElectionName name() {
        return name;
    }

    ElectionTiming timing() {
        return timing;
    }

    Duration drainTimeout() {
        return drainTimeout;
    }

    boolean isInnocent() {
        return innocent;
    }

    boolean isSupplied() {
        return supplied;
    }

    boolean isWanted() {
        return wanted && !closed;
    }

    long wantedSince() {
        return wantedSince;
    }

    boolean isClosed() {
        return closed;
    }

    List<Term> terms() {
        return List.copyOf(terms.values());
    }

    /** The threads inside ifLeading, and how often each had been interrupted before. */
    Map<Thread, Integer> interruptibleWork() {
        return interruptibleWork;
    }

    boolean works() {
        return permits > 0 || terms.values().stream().anyMatch(Term::works);
    }

    String atWork() {
        return permits + " permits, "
                + terms.values().stream().filter(Term::works).toList();
    }

    private AssertionError impossible(String how) {
        throw Simulated.violation(name + VIOLATED + how);
    }

    Term term(Leadership leadership) {
        Term term = noted(leadership);
        if (term.leadership == null) {
            term.leadership = leadership;
            term.seenAt = Simulated.now();
            listen(term, leadership);
        }
        return term;
    }

    private Term noted(Leadership leadership) {
        return terms.computeIfAbsent(leadership.fencingToken().toString(), Term::new);
    }

    private void listen(Term term, Leadership leadership) {
        try {
            leadership.draining().thenAccept(why -> drains(term));
        } finally {
            // Also when what was hung on the first stage ran here and threw.
            leadership.ended().thenAccept(why -> ends(term, leadership));
        }
    }

    private void drains(Term term) {
        term.drainingTold = true;
        term.drainingAt = Simulated.now();
        around.isForeign("a stage");
        if (!innocent && around.strikes(Trouble.STAGE_HANGS, 4)) {
            around.hang();
        }
        if (!innocent && around.strikes(Trouble.STAGE_HANGS, 4)) {
            around.raise();
        }
    }

    private void ends(Term term, Leadership leadership) {
        around.isForeign("a stage");
        if (leadership.phase() != TermPhase.ENDED) {
            throw impossible(term + " was told to have ended, and is valid");
        }
        if (!term.drainingTold) {
            throw impossible(term + " was told to have ended before it was told to drain");
        }
        term.endedTold = true;
    }

    // -- callbacks ----------------------------------------------------------------------------------------------------

    private void started(Leadership leadership) throws Exception {
        around.isForeign("onStartedLeading");
        Term term = noted(leadership);
        if (term.begunAt >= 0) {
            throw impossible("onStartedLeading was called twice for " + term);
        }
        if (terms.values().stream().anyMatch(other -> other != term && other.works())) {
            throw impossible("the work of two terms overlaps");
        }
        term.begunAt = Simulated.now();
        term.starter = Thread.currentThread();
        term.interruptsBefore = Simulated.interrupts(term.starter);
        term.ours = !supplied;
        Simulated.trace(name + " works under " + term);
        try {
            // A stage that has completed already runs what is hung on it here, and that may throw.
            term(leadership);
            work(leadership);
        } finally {
            term.starter = null;
            term.returnedAt = Simulated.now();
            Simulated.trace(name + " has worked under " + term);
        }
    }

    private void work(Leadership leadership) throws InterruptedException {
        misbehave();
        switch (Simulated.chance().nextInt(innocent ? 2 : 4)) {
            case 0 -> untilInterrupted(leadership);
            case 1 -> untilItAcceptsNone(leadership);
            case 2 -> {
                if (around.strikes(Trouble.CALLBACK_HANGS, 2)) {
                    around.hang();
                }
            }
            default -> Simulated.pause();
        }
    }

    private void untilInterrupted(Leadership leadership) throws InterruptedException {
        if (supplied) {
            untilItAcceptsNone(leadership);
            return;
        }
        Simulated.sleep(Long.MAX_VALUE / 4);
    }

    private void untilItAcceptsNone(Leadership leadership) throws InterruptedException {
        while (leadership.acceptsWork()) {
            Simulated.sleep(timing.retryPeriod().toNanos() / 3);
        }
    }

    private void misbehave() {
        if (innocent) {
            return;
        }
        if (around.strikes(Trouble.CALLBACK_EXITS, 5)) {
            Simulated.trace("exits");
            throw Simulated.exit();
        }
        if (around.strikes(Trouble.CALLBACK_REENTERS, 3)) {
            around.reenter();
        }
        if (around.strikes(Trouble.CALLBACK_THROWS, 4)) {
            around.raise();
        }
        if (around.strikes(Trouble.CALLBACK_HANGS, 6)) {
            around.hang();
        }
    }

    private void stopped(Leadership leadership, EndReason why) {
        around.isForeign("onStoppedLeading");
        Term term = term(leadership);
        if (term.begunAt < 0) {
            throw impossible("onStoppedLeading was called for " + term + ", whose work never began");
        }
        if (Term.isAtWork(term.starter)) {
            throw impossible("onStoppedLeading was called while onStartedLeading runs, for " + term);
        }
        if (term.stoppedAt >= 0) {
            throw impossible("onStoppedLeading was called twice for " + term);
        }
        if (why.isOrderly() && permits > 0 && leadership.isValid()) {
            throw impossible("onStoppedLeading was called before the permits of " + term + " came back");
        }
        if (why.isOrderly() && term.overAt >= 0 && term.overAt < Simulated.now()) {
            EndReason ended = leadership.ended().toCompletableFuture().getNow(why);
            if (ended == EndReason.EXPIRED || ended == EndReason.LOST) {
                throw impossible("onStoppedLeading was told " + why + " of " + term + ", which had ended: " + ended);
            }
        }
        term.stoppedAt = Simulated.now();
        term.stopper = Thread.currentThread();
        try {
            Simulated.pause();
            misbehave();
        } finally {
            term.stopper = null;
            term.stoppedReturnedAt = Simulated.now();
            Simulated.trace(name + " has stopped " + term);
        }
    }

    private void news() {
        around.isForeign("onLeaderChange");
        misbehave();
    }

    // -- the executor -------------------------------------------------------------------------------------------------

    private Executor executor() {
        return task -> {
            around.isForeign("an executor");
            Simulated.pause();
            if (around.strikes(Trouble.EXECUTOR_BLOCKS, 8)) {
                around.hang();
            }
            if (around.strikes(Trouble.EXECUTOR_REJECTS, 4)) {
                around.raise();
            }
            if (around.strikes(Trouble.EXECUTOR_DROPS, 6)) {
                Simulated.trace("drops a task");
                return;
            }
            if (around.strikes(Trouble.EXECUTOR_RUNS_AT_ONCE, 3)) {
                task.run();
                return;
            }
            Simulated.spawn("user-pool", task);
            if (around.strikes(Trouble.EXECUTOR_RUNS_TWICE, 3)) {
                Simulated.spawn("user-pool", task);
            }
        };
    }

    // -- users --------------------------------------------------------------------------------------------------------

    void stepDown() {
        Simulated.trace(name + " is asked to step down");
        election().stepDown();
    }

    void withdraw() {
        wanted = false;
        election().withdraw();
    }

    void pause() {
        wanted = false;
        election().pause();
    }

    void resume() {
        wanted = true;
        wantedSince = Simulated.now();
        election().resume();
    }

    /** Closes it, and sees that this ends. */
    void close(long slackNanos) {
        closed = true;
        long began = Simulated.now();
        Simulated.trace(name + " is closed");
        election().close();
        long took = Simulated.now() - around.undisturbed(began);
        if (took > closeNanos() + 10_000_000_000L + slackNanos) {
            throw impossible("close took " + took / 1_000_000 + " ms");
        }
        Simulated.trace(name + " has closed");
    }

    void closed() {
        closed = true;
    }

    /** How long the election itself may take to close. */
    long closeNanos() {
        return drainTimeout
                .plus(timing.renewDeadline().dividedBy(2))
                .plus(timing.retryPeriod())
                .toNanos();
    }

    /** A piece of work that is no callback. */
    void work() {
        if (Simulated.chance().nextBoolean()) {
            workInside();
        } else {
            workUnderPermit();
        }
    }

    private void workInside() {
        Thread me = Thread.currentThread();
        boolean before = me.isInterrupted();
        try {
            boolean done = election().ifLeading(term -> {
                permits++;
                Integer outer = interruptibleWork.putIfAbsent(me, Simulated.interrupts(me));
                try {
                    pieceOfWork(term);
                } finally {
                    if (outer == null) {
                        interruptibleWork.remove(me);
                    }
                    permits--;
                }
            });
            Simulated.trace(done ? "has worked" : "may not work");
        } catch (InterruptedException e) {
            Simulated.trace("was interrupted at work");
        }
        if (!before && me.isInterrupted() && !me.getName().startsWith("baton-")) {
            throw impossible("an interrupt of ifLeading was left behind");
        }
    }

    private void pieceOfWork(Leadership term) throws InterruptedException {
        if (around.strikes(Trouble.CALLBACK_HANGS, 4)) {
            around.hang();
        } else if (around.oneIn(2)) {
            Simulated.sleep(Simulated.chance().nextLong(timing.leaseDuration().toNanos()));
        } else {
            untilItAcceptsNone(term);
        }
    }

    private void workUnderPermit() {
        Optional<Permit> permit = election().permit();
        if (permit.isEmpty()) {
            return;
        }
        permits++;
        try {
            Simulated.trace("works under a permit of " + permit.get().term());
            if (around.strikes(Trouble.CALLBACK_HANGS, 4)) {
                around.hang();
            } else {
                long nanos = Simulated.chance().nextLong(timing.retryPeriod().toNanos());
                Simulated.await(() -> false, nanos);
            }
        } finally {
            permits--;
            permit.get().close();
        }
    }
}
