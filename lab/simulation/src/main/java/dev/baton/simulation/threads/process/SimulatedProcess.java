package dev.baton.simulation.threads.process;

import dev.baton.register.RegisterBackend;
import dev.baton.simulation.threads.Simulated;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/**
 * The life of a process with some elections: troubles, then none and all have to lead, then everything is closed and has to
 * be gone.
 */
public final class SimulatedProcess implements Runnable {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    /** What scheduling alone may add to a bound. */
    static final long SLACK = 100 * MILLI;

    private static final List<ElectionTiming> TIMINGS =
            List.of(timing(3_000, 2_000, 400), timing(1_500, 1_000, 300), timing(6_000, 4_500, 500));

    private final SplittableRandom chance = Simulated.chance();
    private final ElectionTiming timing = TIMINGS.get(chance.nextInt(TIMINGS.size()));
    private final Surroundings around = new Surroundings(timing.leaseDuration().toNanos());
    private final List<Candidate> candidates = new ArrayList<>();
    private final BackendRuntime runtime;
    private final Store store;
    private final LockBackend backend;
    private final Probe probe;
    private boolean backendClosed;
    private int users;

    public SimulatedProcess() {
        runtime = BackendRuntime.start("sim", true, chance.nextInt(3) == 0 ? 1 : 128);
        store = new Store(runtime, around, this::released);
        backend = new RegisterBackend(store, 0);
        probe = new Probe(around, store, runtime, candidates);
    }

    private static ElectionTiming timing(long lease, long renew, long retry) {
        return ElectionTiming.of(Duration.ofMillis(lease), Duration.ofMillis(renew), Duration.ofMillis(retry));
    }

    @Override
    public void run() {
        Simulated.become(around);
        Simulated.trace("troubles: " + around.troubles());
        around.reenters(this::reenter);
        int naughty = 1 + chance.nextInt(2);
        for (int i = 0; i < naughty; i++) {
            candidates.add(new Candidate("orders/e" + i, timing, around, false));
        }
        if (chance.nextBoolean()) {
            candidates.add(new Candidate("orders/innocent", timing, around, true));
        }
        candidates.forEach(candidate -> candidate.start(backend));
        Simulated.spawn("probe", probe);
        trouble();
        if (!around.has(Trouble.CLOSED_AMID_TROUBLE)) {
            heal();
        }
        closeAll();
        probe.end();
        Simulated.await(() -> users == 0, 120 * SECOND);
        gone();
    }

    private long lease() {
        return timing.leaseDuration().toNanos();
    }

    // -- troubles -------------------------------------------------------------------------------------------------

    private void trouble() {
        for (int i = chance.nextInt(3); i > 0; i--) {
            user();
        }
        long until = Simulated.now() + lease() * (2 + chance.nextInt(6));
        while (Simulated.now() < until && !backendClosed) {
            Simulated.await(() -> backendClosed, chance.nextLong(lease()));
            asUser(this::strike);
        }
    }

    /** A user's own thread may be told that there is no memory, or no thread. */
    private static void asUser(Runnable call) {
        try {
            call.run();
        } catch (OutOfMemoryError e) {
            Simulated.trace("a user is told " + e);
        }
    }

    private void user() {
        users++;
        Simulated.spawn("user-" + users, () -> {
            try {
                while (!around.isHealed() && !backendClosed) {
                    Simulated.await(around::isHealed, chance.nextLong(lease()));
                    asUser(this::ask);
                }
            } finally {
                users--;
            }
        });
    }

    private Candidate anyone() {
        return candidates.get(chance.nextInt(candidates.size()));
    }

    private void ask() {
        Candidate candidate = anyone();
        if (around.strikes(Trouble.USERS_WORK, 2)) {
            candidate.work();
        }
        if (around.has(Trouble.USERS_ASK) && !candidate.isInnocent()) {
            switch (chance.nextInt(8)) {
                case 0, 1, 2 -> candidate.stepDown();
                case 3 -> candidate.withdraw();
                case 4 -> candidate.pause();
                case 5 -> candidate.resume();
                case 6 -> probe.leads(candidate);
                default -> {
                    if (around.oneIn(4)) {
                        candidate.close(SLACK);
                    }
                }
            }
        }
    }

    /** What others' code does when it comes back into the library. */
    private void reenter() {
        if (candidates.isEmpty()) {
            return;
        }
        Candidate candidate = anyone();
        if (candidate.isInnocent()) {
            probe.leads(candidate);
            return;
        }
        switch (chance.nextInt(10)) {
            case 0, 1, 2 -> candidate.stepDown();
            case 3 -> candidate.withdraw();
            case 4, 5 -> candidate.resume();
            case 6 -> candidate.pause();
            case 7 -> {
                if (around.oneIn(3)) {
                    candidate.close(SLACK);
                }
            }
            case 8 -> {
                if (around.oneIn(6)) {
                    closeBackend();
                }
            }
            default -> candidate.work();
        }
    }

    private void strike() {
        long nanos = chance.nextLong(lease());
        switch (chance.nextInt(8)) {
            case 0 -> {
                if (around.has(Trouble.STORE_SILENT)) {
                    around.silence(!around.isSilent());
                }
            }
            case 1 -> {
                if (around.has(Trouble.RECORD_DELETED)) {
                    store.delete(anyone().name());
                }
            }
            case 2 -> {
                if (around.has(Trouble.LOOP_HELD)) {
                    runtime.timekeeper().execute(around.holdingTheLoop(nanos * 2));
                }
            }
            case 3 -> {
                if (around.has(Trouble.MEMORY_SHORT)) {
                    around.beShortOfMemory(nanos);
                }
            }
            case 4 -> {
                if (around.has(Trouble.THREADS_SHORT)) {
                    around.beShortOfThreads(nanos);
                }
            }
            case 5 -> {
                if (around.has(Trouble.STARVED)) {
                    around.starve(oneOf("-loop", "-sender", "-callback", "-watchdog"), nanos / 2);
                }
            }
            default -> {
                if (around.has(Trouble.USERS_ASK)) {
                    candidates.get(0).stepDown();
                }
            }
        }
    }

    private String oneOf(String... choices) {
        return choices[chance.nextInt(choices.length)];
    }

    // -- no troubles ----------------------------------------------------------------------------------------------

    private void heal() {
        Simulated.trace("all troubles are over");
        around.release();
        candidates.stream().filter(candidate -> !candidate.isClosed()).forEach(Candidate::resume);
        if (backendClosed) {
            return;
        }
        long patience = 4 * lease()
                + 2 * timing.renewDeadline().toNanos() * 3
                + 2 * timing.retryPeriod().toNanos()
                + SECOND;
        long until = Simulated.now() + patience;
        boolean good = isGood();
        while (!good && Simulated.now() < until) {
            Simulated.await(() -> backendClosed, timing.retryPeriod().toNanos() / 4);
            good = isGood();
        }
        if (!good) {
            candidates.stream()
                    .filter(candidate -> !probe.isGood(candidate))
                    .findFirst()
                    .ifPresent(candidate -> {
                        throw Simulated.violation(candidate.name() + " does not lead, or is not healthy, "
                                + patience / MILLI + " ms after all troubles were over: "
                                + candidate.election().health() + ", its work "
                                + candidate.works());
                    });
        }
    }

    private boolean isGood() {
        return backendClosed || candidates.stream().allMatch(probe::isGood);
    }

    // -- the end --------------------------------------------------------------------------------------------------

    private void closeAll() {
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (around.oneIn(3)) {
                candidate.closed();
                asUser(() -> stages.add(candidate.election().closeAsync()));
            } else if (around.oneIn(3)) {
                asUser(() -> candidate.close(SLACK));
            }
        }
        // Who cannot be told for want of a thread while the backend closes is not told any more.
        long closedAt = Simulated.now();
        closeBackend();
        if (candidates.stream()
                .anyMatch(candidate -> candidate.election().leadership().isPresent())) {
            throw Simulated.violation("a term is valid, and its backend has been closed");
        }
        around.release();
        boolean all = Simulated.await(
                () -> stages.stream()
                        .allMatch(stage -> stage.toCompletableFuture().isDone()),
                2 * SECOND);
        if (!all && around.undisturbed(closedAt) == closedAt) {
            throw Simulated.violation("a stage of closeAsync stays open after the backend was closed");
        }
    }

    private void closeBackend() {
        long longest =
                candidates.stream().mapToLong(Candidate::closeNanos).max().orElse(0);
        long limit = longest + 12 * SECOND + SLACK;
        candidates.forEach(Candidate::closed);
        long began = Simulated.now();
        Simulated.trace("the backend is closed");
        backend.close();
        backendClosed = true;
        long took = Simulated.now() - around.undisturbed(began);
        if (took > limit) {
            throw Simulated.violation("closing the backend took " + took / MILLI + " ms");
        }
        Simulated.trace("the backend has closed");
    }

    /** Everything has ended, and everything was told. */
    private void gone() {
        boolean none = Simulated.await(
                () -> Simulated.threads().stream().noneMatch(name -> name.startsWith("baton-")), 30 * SECOND);
        if (!none) {
            throw Simulated.violation("threads are left after the backend was closed: " + Simulated.threads());
        }
        for (Candidate candidate : candidates) {
            for (Term term : candidate.terms()) {
                probe.isComplete(candidate, term);
            }
        }
    }

    /** The store is asked to let go of a claim: nothing may work under it, unless it would have lapsed anyway. */
    private void released(ElectionName name) {
        for (Candidate candidate : candidates) {
            long granted = store.grantedAt(name);
            boolean lapsed = Simulated.now() >= granted + lease() - SLACK || around.undisturbed(granted) > granted;
            if (candidate.name().equals(name) && candidate.works() && !lapsed) {
                throw Simulated.violation(name + " is handed over while its work runs: " + candidate.atWork());
            }
        }
    }
}
