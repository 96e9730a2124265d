package dev.baton.simulation.exhaustive;

import dev.baton.driver.ElectionDriver;
import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.EndReason;
import dev.baton.machine.CandidateConfig;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One candidate: production code from the driver down to the register, and work that stops when it is told to. */
final class Contender {
    /** Where in a nonce the slot of its candidate stands. */
    static final int SLOT_IN_NONCE = 7;

    private final SmallWorld world;
    private final int slot;
    private final int run;
    private final CandidateConfig config;
    private final LocalRuntime runtime;
    private final RegisterBackend plain;
    private final LockBackend backend;
    private final ElectionDriver driver;
    private final Work work = new Work();
    private final ArrayDeque<Change> changes = new ArrayDeque<>();
    private Register.@Nullable RegisterWatcher watcher;
    private long seenRevision;
    private boolean paused;
    private boolean closing;
    private boolean dead;
    private boolean stopped;

    /** A change of the register on its way to a watch. */
    record Change(Register.@Nullable Entry entry, long revision, boolean opens) {}

    Contender(SmallWorld world, int slot, int run) {
        this.world = world;
        this.slot = slot;
        this.run = run;
        Mistake mistake = world.mistake();
        config = new CandidateConfig(
                SmallWorld.ELECTION,
                mistake.areTwins() ? "app" : "app-" + slot,
                "0000000" + slot + "-000" + run + "-4000-8000-",
                SmallWorld.TIMING,
                Duration.ofNanos(2 * SmallWorld.UNIT),
                Duration.ZERO);
        runtime = new LocalRuntime(world, world.bounds().longest());
        List<RegisterBackend> opened = new ArrayList<>();
        backend = mistake.planting()
                .store()
                .open(
                        new Client(),
                        register -> {
                            opened.add(new RegisterBackend(register, 0));
                            return opened.get(0);
                        },
                        this);
        plain = opened.get(0);
        TermCallbacks callbacks = mistake.planting().callbacks().apply(work, this);
        driver = new ElectionDriver(
                config, backend, callbacks, event -> world.checks().told(this, event));
    }

    void start() {
        driver.start();
        driver.stopped().thenRun(() -> stopped = true);
        runtime.drain();
    }

    int slot() {
        return slot;
    }

    CandidateConfig config() {
        return config;
    }

    SmallWorld world() {
        return world;
    }

    LocalRuntime runtime() {
        return runtime;
    }

    RegisterBackend plain() {
        return plain;
    }

    LockBackend backend() {
        return backend;
    }

    ElectionDriver driver() {
        return driver;
    }

    Work work() {
        return work;
    }

    ArrayDeque<Change> changes() {
        return changes;
    }

    /** Whether {@code nonce} is of a claim of this run. */
    boolean wrote(String nonce) {
        return nonce.startsWith(config.candidate());
    }

    // -- what happens to it ---------------------------------------------------------------------------------------

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether its driver owes nothing and runs nothing. */
    boolean isStopped() {
        return stopped;
    }

    void pause() {
        paused = true;
    }

    void wakeUp() {
        paused = false;
    }

    void close() {
        closing = true;
        driver.close();
        runtime.drain();
    }

    void stepDown() {
        driver.stepDown();
        runtime.drain();
    }

    /** This candidate again, as a new process. */
    Contender crash() {
        dead = true;
        return new Contender(world, slot, run + 1);
    }

    /** Takes note that its register has shown it {@code revision}. */
    void saw(long revision) {
        seenRevision = Math.max(seenRevision, revision);
    }

    void changed(Register.@Nullable Entry entry, long revision) {
        if (watcher != null) {
            changes.add(new Change(entry, revision, false));
        }
    }

    /** Forgets changes that it has seen already, of which nothing comes. */
    void forgetSeen() {
        changes.removeIf(change -> !change.opens() && change.revision() <= seenRevision);
    }

    void hear() {
        Change change = changes.remove();
        Register.RegisterWatcher hears = watcher;
        if (hears != null) {
            hears.changed(change.entry(), change.revision());
            saw(change.revision());
            if (change.opens()) {
                hears.live(true);
            }
        }
        runtime.drain();
    }

    @Override
    public String toString() {
        return "app-" + slot + (run == 0 ? "" : "#" + run);
    }

    /** The client of the store. */
    private final class Client implements Register {
        @Override
        public String kind() {
            return "small";
        }

        @Override
        public BackendRuntime runtime() {
            return runtime;
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return world.send(Contender.this, null, null)
                    .thenApply(found -> Optional.ofNullable(found instanceof Entry entry ? entry : null));
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return world.send(Contender.this, expected, next).thenApply(written -> (Entry) written);
        }

        @Override
        public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher hears) {
            if (world.bounds().watched()) {
                watcher = hears;
                changes.add(new Change(world.entry(), world.revision(), true));
            }
            return () -> {
                watcher = null;
                changes.clear();
            };
        }

        @Override
        public void close() {
            runtime.close();
        }
    }

    /** Begins at once, returns when the world says so after it was told to stop, and stops when the world says so. */
    final class Work implements TermCallbacks {
        private @Nullable LiveTerm term;
        private @Nullable WorkReport starting;
        private @Nullable WorkReport stopping;
        private boolean told;

        @Override
        public void start(LiveTerm begun, WorkReport report) {
            term = begun;
            starting = report;
            told = false;
            world.checks().submitted(Contender.this, begun);
            world.checks().workBegins(Contender.this, begun);
            report.began();
        }

        @Override
        public void interrupt(LiveTerm ended) {
            told = true;
            WorkReport report = starting;
            if (world.mistake() == Mistake.RELEASE_BEFORE_WORK_RETURNED && report != null) {
                report.returned(null);
            }
        }

        @Override
        public void stop(LiveTerm ended, EndReason reason, WorkReport report) {
            world.checks().stopBegins(Contender.this, ended);
            stopping = report;
        }

        @Override
        public void draining(LiveTerm draining, EndReason reason) {
            told = true;
        }

        @Override
        public void ended(LiveTerm over, EndReason reason) {
            told = true;
        }

        @Override
        public void leaderChanged(@Nullable Holder holder) {
            // Nobody here wants to know.
        }

        @Nullable LiveTerm term() {
            return term;
        }

        boolean isRunning() {
            return starting != null;
        }

        boolean mayReturn() {
            return starting != null && told;
        }

        boolean mayStop() {
            return stopping != null;
        }

        void returns() {
            WorkReport report = Objects.requireNonNull(starting);
            starting = null;
            world.checks().workReturns(Contender.this, Objects.requireNonNull(term));
            report.returned(null);
            runtime.drain();
        }

        void stops() {
            WorkReport report = Objects.requireNonNull(stopping);
            stopping = null;
            world.checks().stopEnds(Contender.this, Objects.requireNonNull(term));
            report.stopped();
            runtime.drain();
        }
    }
}
