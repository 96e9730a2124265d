package dev.baton;

import dev.baton.driver.ElectionDriver;
import dev.baton.event.EventSink;
import dev.baton.internal.Required;
import dev.baton.machine.CandidateConfig;
import dev.baton.machine.Term;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Holder;
import dev.baton.spi.Identity;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A candidate in one election: contends, leads, loses, contends again, until closed.
 *
 * <pre>{@code
 * var election = LeaderElection.on(backend, "orders/reconciler")
 *     .onStartedLeading(term -> reconcile(term))
 *     .onStoppedLeading((term, why) -> stop())
 *     .start();
 * }</pre>
 *
 * <p>For each term {@code onStartedLeading} is called, then {@code onStoppedLeading} with the reason, each exactly once,
 * and no two terms of one election overlap in a process. Callbacks never hold up renewal nor expiry; while one hangs
 * after its term has ended, the candidate does not contend and is unhealthy. All methods may be called from any thread.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Duration EXIT_CHECK = Duration.ofMillis(50);

    private final CandidateConfig config;
    private final BackendRuntime runtime;
    private final Logger log;
    private final ThreadCallbacks callbacks;
    private final ElectionDriver driver;
    private final HealthCheck health;
    private final Duration closeTimeout;
    private final Closings closings;
    private final Runnable unregister;

    private LeaderElection(Builder builder, CandidateConfig config, StartedLeading started) {
        this.config = config;
        this.runtime = builder.backend.runtime();
        Executor stages = new BuildersContext(runtime.callbacks());
        this.log = runtime.logger(LeaderElection.class);
        Consumer<Term> stepDown = this::stepDown;
        this.callbacks = new ThreadCallbacks(
                config.election().toString(),
                started,
                builder.stopped,
                builder.leaderChange,
                runtime,
                builder.executor,
                config.timing().retryPeriod(),
                stepDown);
        this.driver =
                new ElectionDriver(config, builder.backend, callbacks, ElectionSinks.of(builder.backend, builder.sink));
        this.health =
                new HealthCheck(builder.backend.kind(), config.timing().retryPeriod(), runtime, driver, callbacks);
        this.closeTimeout = config.drainTimeout()
                .plus(config.timing().renewDeadline().dividedBy(2))
                .plus(config.timing().retryPeriod());
        this.closings = new Closings(config.election().toString(), runtime, closeTimeout, stages, log);
        this.unregister = runtime.register(new WithBackend());
        driver.stopped().thenRun(() -> {
            callbacks.over();
            closings.complete();
            forget();
        });
    }

    /**
     * A candidate for {@code election}, written {@code namespace/name}, on {@code backend}, which the caller opened and
     * closes.
     *
     * @throws IllegalArgumentException when the name breaks {@linkplain ElectionName its rule}
     */
    public static Builder on(LockBackend backend, String election) {
        return new Builder(Required.given("backend", backend), ElectionName.parse(election));
    }

    /**
     * Watches {@code election}, written {@code namespace/name}, without being a candidate.
     *
     * @throws IllegalArgumentException when the name breaks {@linkplain ElectionName its rule}
     */
    public static LeaderObserver.Builder observe(LockBackend backend, String election) {
        return new LeaderObserver.Builder(Required.given("backend", backend), ElectionName.parse(election));
    }

    /** The contest. */
    public ElectionName name() {
        return config.election();
    }

    /** This candidate's name. */
    public String identity() {
        return config.identity();
    }

    /**
     * The term under way, if it is valid by the clock now. A hand-over waits for callbacks and for
     * {@linkplain #ifLeading permits}, but not for work that only called this method: such work may overlap with the
     * successor's work.
     */
    public Optional<Leadership> leadership() {
        return callbacks.leadership().filter(Leadership::isValid);
    }

    /**
     * Does {@code work} on this thread if this candidate leads and new work may begin: a hand-over waits until it has
     * returned, as it does for callbacks.
     *
     * <p>The calling thread is interrupted when callbacks are: halfway through a drain, and when the term ends. If that
     * interrupt is still pending when the work returns, it is cleared, together with any other interrupt that arrived
     * meanwhile. Work that does not return within the drain timeout ends the term; its claim then lapses instead of being
     * handed over, and until it does return the candidate begins no other term and is unhealthy. The work may begin
     * before onStartedLeading does, and many may be under way at once.
     *
     * @return whether it was done
     * @throws E what the work throws
     */
    public <E extends Exception> boolean ifLeading(LeaderWork<E> work) throws E {
        Optional<Permit> given = callbacks.permit(Thread.currentThread());
        if (given.isEmpty()) {
            return false;
        }
        try (Permit permit = given.get()) {
            work.run(permit.term());
        }
        return true;
    }

    /**
     * A permit to work until it is closed, if this candidate leads and new work may begin. It serves work that is not one
     * call, or runs on another thread; otherwise use {@link #ifLeading}. A permit interrupts no thread.
     */
    public Optional<Permit> permit() {
        return callbacks.permit(null);
    }

    /** The leader last seen, which may be this candidate; empty while unknown or vacant. For display. */
    public Optional<Holder> currentLeader() {
        return Optional.ofNullable(driver.status().holder());
    }

    /**
     * Hands the term over, if there is one; the candidate stays in the contest and lets other candidates acquire first.
     */
    public void stepDown() {
        driver.stepDown();
    }

    private void stepDown(Term term) {
        driver.stepDown(term);
    }

    /** Begins no new term until {@link #resume()}; a term under way goes on. */
    public void pause() {
        driver.pause();
    }

    /** Leaves the contest until {@link #resume()}: a leader hands over, a standby gives up its place. */
    public void withdraw() {
        driver.withdraw();
    }

    /** Contends again after {@link #pause()} or {@link #withdraw()}. */
    public void resume() {
        driver.resume();
    }

    /** Whether this candidate is doing its part. */
    public Health health() {
        return health.health();
    }

    /**
     * Hands the term over, if there is one, and stops for good. Completes when the store has confirmed that no claim of
     * this candidate is left, or when the drain timeout, half a renewDeadline and a retryPeriod have passed; the
     * candidate goes on withdrawing a claim that is then still owed, until the backend is closed.
     */
    public CompletionStage<Void> closeAsync() {
        return closing().told();
    }

    private Closings.Closing closing() {
        Closings.Closing closing = closings.begin();
        driver.close();
        settleExiting();
        if (runtime.isClosed() || hasStopped()) {
            closing.completeUnheard();
        }
        return closing;
    }

    private boolean hasStopped() {
        return driver.stopped().toCompletableFuture().isDone();
    }

    /** Ends the watch over this election once it has stopped and every close has completed. */
    private void forget() {
        if (hasStopped() && closings.isEmpty()) {
            unregister.run();
        }
    }

    /** A callback may call {@code System.exit} while the election closes, and would then wait for the close for ever. */
    private void settleExiting() {
        callbacks.settleExiting();
        if (!hasStopped()) {
            runtime.timekeeper().schedule(EXIT_CHECK, this::settleExiting);
        }
    }

    /** {@link #closeAsync()}, and waits for it unless called from one of its own callbacks. Throws nothing. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = closing().done();
        if (callbacks.isCallbackThread()) {
            return;
        }
        try {
            closed.get(closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("{}: the close continues in the background", config.election(), e);
        }
        runtime.flush();
    }

    /** Closes this election when its backend is closed first. */
    private final class WithBackend implements BackendRuntime.OpenElection {
        @Override
        public CompletionStage<Void> closeAsync() {
            CompletionStage<Void> closed = closing().done();
            return callbacks.isCallbackThread() ? CompletableFuture.completedFuture(null) : closed;
        }

        @Override
        public void abandon() {
            driver.abandon();
            closings.complete();
        }

        @Override
        public Duration closeTimeout() {
            return closeTimeout;
        }

        @Override
        public Duration watch() {
            closings.watch(runtime.timekeeper().now());
            forget();
            return driver.watch();
        }

        @Override
        public String toString() {
            return LeaderElection.this.toString();
        }
    }

    /** {@code orders/reconciler as app-1-x7k2p}. */
    @Override
    public String toString() {
        return config.election() + " as " + config.identity();
    }

    private void begin(LockBackend backend) {
        ElectionTiming timing = config.timing();
        log.info(
                "{}: {} contends with leaseDuration/renewDeadline/retryPeriod {}; deposed work has at least {} to stop; clock"
                        + " rates may differ by {} %, up to {} % would be safe",
                config.election(),
                config.identity(),
                timing,
                ElectionTiming.text(backend.windDownBudget(timing)),
                timing.clockDrift() * 100,
                Math.floor(timing.toleratedDrift() * 1000) / 10);
        driver.start();
    }

    /** Collects what a candidate needs; {@link #start()} checks it all. */
    public static final class Builder {
        private final LockBackend backend;
        private final ElectionName election;
        private ElectionTiming timing = ElectionTiming.DEFAULT;
        private @Nullable String identity;
        private @Nullable StartedLeading started;
        private @Nullable StoppedLeading stopped;
        private @Nullable Consumer<Optional<Holder>> leaderChange;
        private @Nullable Executor executor;
        private @Nullable Duration drainTimeout;
        private Duration takeoverDelay = Duration.ZERO;
        private @Nullable EventSink sink;

        private Builder(LockBackend backend, ElectionName election) {
            this.backend = backend;
            this.election = election;
        }

        /** leaseDuration, renewDeadline and retryPeriod; {@link ElectionTiming#DEFAULT} unless set. */
        public Builder timing(ElectionTiming value) {
            timing = Required.given("timing", value);
            return this;
        }

        /**
         * The candidate's name for display; the host name and a random suffix unless set. Choose one that is unique to
         * the run of a process: a second candidate with the same identity is another holder all the same.
         *
         * @throws IllegalArgumentException when it breaks {@linkplain Identity its rule}
         */
        public Builder identity(String value) {
            identity = Identity.check(value);
            return this;
        }

        /** What to do when a term begins. Required. */
        public Builder onStartedLeading(StartedLeading value) {
            started = Required.given("onStartedLeading", value);
            return this;
        }

        /** What to do when it is over, or has to be. */
        public Builder onStoppedLeading(StoppedLeading value) {
            stopped = Required.given("onStoppedLeading", value);
            return this;
        }

        /**
         * Receives each change of leader, this candidate's terms included: the new leader, or empty when no candidate is
         * seen to lead; nothing once the election has stopped. Called where callbacks run, one change after another, but
         * concurrently with the callbacks of a term: also while a leader works inside onStartedLeading. An exception is
         * logged.
         */
        public Builder onLeaderChange(Consumer<Optional<Holder>> value) {
            leaderChange = Required.given("onLeaderChange", value);
            return this;
        }

        /**
         * The executor of the callbacks, instead of the backend's platform threads. Its threads are never interrupted:
         * the work has to ask {@link Leadership#acceptsWork()} or use {@link Leadership#draining()}. With one thread, a
         * callback that blocks delays the others. On either kind of thread a callback finds the context class loader of
         * the thread that called {@link #start()}.
         *
         * <p>An executor that blocks, throws or drops tasks delays no other election. When it does not begin
         * onStartedLeading within half a renewDeadline, the term ends and the candidate is unhealthy; when it does not
         * begin onStoppedLeading within a retryPeriod, one of the backend's threads runs it.
         */
        public Builder callbackExecutor(Executor value) {
            executor = Required.given("callbackExecutor", value);
            return this;
        }

        /**
         * How long work may take to stop when asked to hand over; it is interrupted halfway. After that the term ends, and
         * its claim lapses instead of being handed over. renewDeadline unless set.
         *
         * @throws IllegalArgumentException unless greater than zero and at most a day
         */
        public Builder drainTimeout(Duration value) {
            drainTimeout = CandidateRules.drainTimeout(Required.given("drainTimeout", value));
            return this;
        }

        /**
         * How long a granted claim is held before its term begins; zero unless set. leaseDuration also keeps terms apart
         * when an operator removes a live leader's claim by hand, and delays every election by as much.
         *
         * @throws IllegalArgumentException unless between zero and a day
         */
        public Builder takeoverDelay(Duration value) {
            takeoverDelay = CandidateRules.takeoverDelay(Required.given("takeoverDelay", value));
            return this;
        }

        /**
         * Receives every event, besides the log, the flight recorder, and a backend that is an event sink itself. The
         * sinks of a backend instance share one thread.
         */
        public Builder events(EventSink value) {
            EventSink next = Required.given("events", value);
            sink = sink == null ? next : sink.and(next);
            return this;
        }

        /**
         * Begins to contend and returns at once, whether or not the store can be reached.
         *
         * @throws IllegalArgumentException when the timing breaks a rule of the backend
         * @throws IllegalStateException when {@link #onStartedLeading} was not set or the backend is closed
         */
        public LeaderElection start() {
            StartedLeading work = CandidateRules.work(election, started);
            CandidateRules.open(election, backend);
            backend.check(election, timing);
            LeaderElection result = new LeaderElection(this, config(), work);
            result.begin(backend);
            return result;
        }

        private CandidateConfig config() {
            UUID random = UUID.randomUUID();
            return new CandidateConfig(
                    election,
                    Objects.requireNonNullElseGet(identity, () -> DefaultIdentity.of(random, backend.runtime())),
                    CandidateConfig.nonceOf(random),
                    timing,
                    Objects.requireNonNullElse(drainTimeout, timing.renewDeadline()),
                    takeoverDelay);
        }
    }
}
