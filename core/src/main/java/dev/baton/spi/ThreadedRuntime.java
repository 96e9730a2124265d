package dev.baton.spi;

import dev.baton.internal.Linkage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Time to tell the last events: the first of a process, which finds its sinks, takes long where it starves. */
    private static final long TELL_MILLIS = 5_000;

    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(1);

    /** So many log lines, and so many events, may wait for those who take them. */
    private static final int OUTBOX_ROOM = 1 << 16;

    private final ScheduledThreadPoolExecutor loop;
    private final ThreadFactory senders;
    private final ThreadPoolExecutor callbacks;
    private final Outbox lines;
    private final Outbox events;
    private final Logger log;
    private final RequestQueue requests;
    private final Watchdog watchdog;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Set<OpenElection> elections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Step closing = new Step("closing the elections", this::closeElections);
    private final Step[] ending;
    private volatile @Nullable Thread loopThread;
    private volatile Thread sender;
    private @Nullable Thread hook;

    private ThreadedRuntime(String kind, int inFlight) {
        requests = new RequestQueue(inFlight);
        Logger written = LoggerFactory.getLogger(BackendRuntime.class);
        lines = new Outbox(
                OUTBOX_ROOM,
                BackendThreads.daemons("baton-" + kind + "-log"),
                (count, failure) ->
                        written.warn("{} log lines of Baton were lost: the log did not take them", count, failure));
        log = new OutboxLogger(written, lines);
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
        senders = BackendThreads.daemons("baton-" + kind + "-sender");
        sender = senders.newThread(this::sendRequests);
        callbacks = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                BackendThreads.daemons("baton-" + kind + "-callback"));
        watchdog = new Watchdog(this, elections, loop, this::lookAfterTheSender, log);
        ending = new Step[] {
            new Step("ending the terms", this::abandonElections),
            new Step("letting the loop finish", this::flushLoop),
            new Step("removing the shutdown hook", this::removeHook),
            new Step("ending the watchdog", watchdog::end),
            new Step("ending the loop", loop::shutdown),
            new Step("dropping what waits to be sent", requests::close),
            new Step("ending the sender", this::endSender),
            new Step("telling those who wait for the end", () -> ended.complete(null)),
            new Step("telling the last events", this::flush),
            new Step("ending the threads of callbacks", () -> callbacks.setKeepAliveTime(1, TimeUnit.MILLISECONDS)),
            new Step("ending the thread of events", events::retire),
            new Step("ending the thread of the log", lines::retire)
        };
    }

    private void endSender() {
        sender.interrupt();
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
            // No memory to say so; what matters is that the close goes on.
            failure.addSuppressed(e);
        }
    }

    /** Of a close, made beforehand: whatever one step throws, for want of memory or else, the next is taken. */
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

    /**
     * Closes all elections at once: one's drain must not eat into another's. Whoever comes second waits as well; nobody
     * waits for elections whose loop has ended, nor on that loop, nor longer than the elections have said.
     */
    private void closeElections() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        Duration limit = Duration.ZERO;
        for (OpenElection election : elections) {
            try {
                closing.add(election.closeAsync().toCompletableFuture());
                Duration longest = election.closeTimeout();
                limit = limit.compareTo(longest) < 0 ? longest : limit;
            } catch (Throwable e) {
                log.error("closing {} failed", election, e);
            }
        }
        if (Thread.currentThread() == loopThread) {
            log.warn("closed on the election loop, so no election hands over; close on a thread of your own");
            return;
        }
        try {
            CompletableFuture<Void> all = CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
            CompletableFuture.anyOf(all, ended)
                    .get(Moment.boundedNanos(limit.plus(CLOSE_MARGIN)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("not every election could be closed", e);
        }
    }

    /** Lets the loop finish what it was given, whatever the interrupt flag says, but does not wait for itself. */
    private void flushLoop() {
        if (Thread.currentThread() == loopThread) {
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
            log.warn("the election loop is stuck; its last events are not told", e);
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

    private void sendRequests() {
        while (!closed.get()) {
            try {
                requests.take().run();
            } catch (InterruptedException e) {
                log.debug("the sender was interrupted: its backend was closed, or a call left the flag behind", e);
            } catch (Throwable e) {
                log.error("sending a request failed", e);
            }
        }
    }

    /** A sender that died is followed by another, and requests that are never answered do not keep the others waiting. */
    private void lookAfterTheSender() {
        requests.releaseOverdue(now());
        if (!sender.isAlive() && !closed.get()) {
            Thread next = senders.newThread(this::sendRequests);
            next.start();
            sender = next;
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
