package dev.baton.spi;

import java.lang.reflect.InvocationTargetException;
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
import java.util.concurrent.Executors;
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

/** The runtime on real clocks: a loop thread, a sender thread, and callback threads that die when idle. */
final class ThreadedRuntime implements BackendRuntime, Timekeeper {
    private static final Logger log = LoggerFactory.getLogger(BackendRuntime.class);

    private static final long CALLBACK_IDLE_SECONDS = 5;
    private static final long FLUSH_SECONDS = 1;

    private final ScheduledThreadPoolExecutor loop;
    private final Thread sender;
    private final Executor callbacks;
    private final RequestQueue requests;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Set<OpenElection> elections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable Thread loopThread;
    private @Nullable Thread hook;

    private ThreadedRuntime(String kind, int inFlight) {
        requests = new RequestQueue(inFlight);
        ThreadFactory loops = BackendThreads.daemons("baton-" + kind + "-loop");
        loop = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = loops.newThread(task);
            loopThread = thread;
            return thread;
        });
        loop.setRemoveOnCancelPolicy(true);
        loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        sender = BackendThreads.daemon("baton-" + kind + "-sender", this::sendRequests);
        callbacks = callbackThreads("baton-" + kind + "-callback");
    }

    static ThreadedRuntime start(String kind, boolean shutdownHook, int inFlight) {
        ThreadedRuntime runtime = new ThreadedRuntime(kind, inFlight);
        runtime.sender.start();
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
        return () -> elections.remove(election);
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        closeElections();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        elections.forEach(OpenElection::abandon);
        flush();
        removeHook();
        sender.interrupt();
        loop.shutdown();
        requests.close();
        if (callbacks instanceof ThreadPoolExecutor pool) {
            pool.shutdown();
        }
        ended.complete(null);
    }

    /**
     * Closes all elections at once: one's drain must not eat into another's. Whoever comes second waits as well; nobody
     * waits for elections whose loop has ended, nor on that loop.
     */
    private void closeElections() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (OpenElection election : elections) {
            closing.add(election.closeAsync().toCompletableFuture());
        }
        if (Thread.currentThread() == loopThread) {
            log.warn("closed on the election loop, so no election hands over; close on a thread of your own");
            return;
        }
        try {
            CompletableFuture<Void> all = CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
            CompletableFuture.anyOf(all, ended).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.warn("closing an election failed", e);
        }
    }

    /** Lets the loop finish what it was given, whatever the interrupt flag says, but does not wait for itself. */
    private void flush() {
        if (Thread.currentThread() == loopThread) {
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute(() -> done.complete(null));
        boolean interrupted = Thread.interrupted();
        try {
            done.get(FLUSH_SECONDS, TimeUnit.SECONDS);
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
        Thread thread = BackendThreads.daemon("baton-" + kind + "-shutdown", this::closeElections);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
            hook = thread;
        } catch (IllegalStateException e) {
            log.debug("the JVM is ending already, so no shutdown hook was added", e);
        }
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
        try {
            while (!closed.get()) {
                requests.take().run();
            }
        } catch (InterruptedException e) {
            log.debug("the sender stops: its backend was closed", e);
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                String fault = Linkage.fault(e);
                log.error(
                        "a task on the election loop failed; {}",
                        fault == null ? "this is a defect in Baton or in a backend" : fault,
                        Printable.failure(e));
            }
        };
    }

    private static Executor callbackThreads(String name) {
        try {
            return (Executor) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, virtualThreads(name));
        } catch (NoSuchMethodException | ClassNotFoundException e) {
            log.debug("this JVM has no virtual threads; callbacks run on {} threads", name);
        } catch (IllegalAccessException | InvocationTargetException e) {
            log.debug("virtual threads could not be had; callbacks run on {} threads", name, e);
        }
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                CALLBACK_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                BackendThreads.daemons(name));
    }

    /** {@code Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).factory()}, which Java 17 lacks. */
    private static ThreadFactory virtualThreads(String name)
            throws ClassNotFoundException, NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        Class<?> type = Class.forName("java.lang.Thread$Builder");
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        type.getMethod("name", String.class).invoke(builder, name);
        type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
        ThreadFactory virtual = (ThreadFactory) type.getMethod("factory").invoke(builder);
        return task -> BackendThreads.owned(virtual.newThread(task));
    }
}
