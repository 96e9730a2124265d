package dev.baton.spi;

import dev.baton.internal.Linkage;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runtime on real clocks: a loop thread, a sender thread, a watchdog over both, and threads for callbacks, events and
 * log lines that die when idle.
 */
final class ThreadedRuntime implements BackendRuntime, Timekeeper {
    private static final long IDLE_SECONDS = 5;
    private static final long FLUSH_MILLIS = 1_000;

    /**
     * The time for the last events: the first event of a process loads its sinks, which takes long on a starved machine.
     */
    private static final long TELL_MILLIS = 5_000;

    /** How many log lines, and how many events, may wait. */
    private static final int OUTBOX_ROOM = 1 << 16;

    private final ScheduledThreadPoolExecutor loop;
    private final ThreadPoolExecutor callbacks;
    private final Outbox lines;
    private final Outbox events;
    private final Logger log;
    private final RequestQueue requests;
    private final Sender sender;
    private final Watchdog watchdog;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final OpenElections elections;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Step closing = new Step("closing the elections", this::closeElections);
    private final Step[] ending;
    private volatile @Nullable Thread loopThread;
    private @Nullable Thread hook;

    private ThreadedRuntime(String kind, int inFlight) {
        requests = new RequestQueue(inFlight);
        Logger written = LoggerFactory.getLogger(BackendRuntime.class);
        lines = new Outbox(
                OUTBOX_ROOM,
                BackendThreads.daemons("baton-" + kind + "-log"),
                (count, failure) -> written.warn(
                        "{} log lines of Baton were lost: the log failed or was too slow", count, failure));
        log = new OutboxLogger(written, lines);
        elections = new OpenElections(log);
        events = new Outbox(
                OUTBOX_ROOM,
                BackendThreads.daemons("baton-" + kind + "-events"),
                (count, failure) -> log.error(
                        "{} events were not taken by every event sink, which failed or was too slow", count, failure));
        ThreadFactory loops = BackendThreads.daemons("baton-" + kind + "-loop");
        loop = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = loops.newThread(task);
            loopThread = thread;
            return thread;
        });
        loop.setRemoveOnCancelPolicy(true);
        loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        sender = new Sender(requests, BackendThreads.daemons("baton-" + kind + "-sender"), this::isClosed, log);
        callbacks = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                BackendThreads.daemons("baton-" + kind + "-callback"));
        watchdog = new Watchdog(this, elections, loop, () -> sender.watch(now()), log);
        ending = new Step[] {
            new Step("ending the terms", this::abandonElections),
            new Step("letting the loop finish", this::flushLoop),
            new Step("removing the shutdown hook", this::removeHook),
            new Step("ending the watchdog", watchdog::end),
            new Step("ending the loop", loop::shutdown),
            new Step("dropping what waits to be sent", requests::close),
            new Step("ending the sender", sender::end),
            new Step("releasing the callers that wait for the end", () -> ended.complete(null)),
            new Step("reporting the last events", this::flush),
            new Step("ending the threads of callbacks", () -> callbacks.setKeepAliveTime(1, TimeUnit.MILLISECONDS)),
            new Step("ending the thread of events", events::retire),
            new Step("ending the thread of the log", lines::retire)
        };
    }

    static ThreadedRuntime start(String kind, boolean shutdownHook, int inFlight) {
        ThreadedRuntime runtime = new ThreadedRuntime(kind, inFlight);
        runtime.sender.start();
        BackendThreads.daemon("baton-" + kind + "-watchdog", runtime.watchdog).start();
        if (shutdownHook) {
            runtime.addHook(kind);
        }
        return runtime;
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        Instant wall = Instant.now();
        return new Moment(System.nanoTime(), wall.getEpochSecond() * 1_000_000_000L + wall.getNano());
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.debug("dropped a task of a closed runtime", e);
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        try {
            Future<?> future =
                    loop.schedule(guarded(task), Math.max(0, Moment.boundedNanos(delay)), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            log.debug("dropped a timer of a closed runtime", e);
            return () -> {};
        }
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Executor callbacks() {
        return callbacks;
    }

    @Override
    public void tell(Runnable report) {
        events.execute(report);
    }

    @Override
    public Logger logger(String name) {
        return new OutboxLogger(LoggerFactory.getLogger(name), lines);
    }

    @Override
    public void flush() {
        events.flush(TELL_MILLIS);
        lines.flush(TELL_MILLIS);
    }

    @Override
    public Duration stalled() {
        return Duration.ofNanos(watchdog.stalledNanos());
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return requests.add(priority, deadline, call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        return requests.addNext(call);
    }

    @Override
    public Runnable register(OpenElection election) {
        elections.add(election);
        watchdog.wake();
        return () -> elections.remove(election);
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        closing.attempt();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        for (Step step : ending) {
            step.attempt();
        }
    }

    private void abandonElections() {
        for (OpenElection election : elections) {
            abandon(election);
        }
    }

    private void abandon(OpenElection election) {
        try {
            election.abandon();
        } catch (Throwable e) {
            complain("ending a term", e);
        }
    }

    private void complain(String what, Throwable failure) {
        try {
            log.error("{} failed", what, failure);
        } catch (Throwable e) {
            // No memory for the log line; the close goes on all the same.
            failure.addSuppressed(e);
        }
    }

    /** One step of a close, made in advance. Whatever a step throws, the next step runs. */
    private final class Step {
        private final String what;
        private final Runnable action;

        Step(String what, Runnable action) {
            this.what = what;
            this.action = action;
        }

        void attempt() {
            try {
                action.run();
            } catch (Throwable e) {
                complain(what, e);
            }
        }
    }

    private void closeElections() {
        elections.close(isOnLoop(), ended);
    }

    private boolean isOnLoop() {
        return Thread.currentThread() == loopThread;
    }

    /** Lets the loop finish its tasks, whether or not this thread is interrupted; the loop does not wait for itself. */
    private void flushLoop() {
        if (isOnLoop()) {
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute(() -> done.complete(null));
        boolean interrupted = Thread.interrupted();
        try {
            done.get(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
            log.warn("the election loop is stuck; its last events are not reported", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void addHook(String kind) {
        Thread thread = BackendThreads.daemon("baton-" + kind + "-shutdown", this::closeAtExit);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
            hook = thread;
        } catch (IllegalStateException e) {
            log.debug("the JVM is ending already, so no shutdown hook was added", e);
        }
    }

    private void closeAtExit() {
        closeElections();
        flush();
    }

    private void removeHook() {
        Thread thread = hook;
        hook = null;
        if (thread == null) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            log.debug("the JVM is ending, so the shutdown hook stays", e);
        }
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                String fault = Linkage.fault(e);
                log.error(
                        "a task on the election loop failed; {}",
                        fault == null ? "this is a defect in Baton or in a backend" : fault,
                        e);
            }
        };
    }
}
