package dev.baton.simulation.exhaustive;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The loop, the timers and the sender of one candidate. What it is asked to run it runs before the next step; timers
 * fire when the world says so.
 */
final class LocalRuntime implements BackendRuntime, Timekeeper {
    private final SmallWorld world;
    private final RandomGenerator random;
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final ArrayDeque<Runnable> sender = new ArrayDeque<>();
    private final List<LocalTimer> timers = new ArrayList<>();
    private final IdentityHashMap<Object, Long> sent = new IdentityHashMap<>();
    private long sends;
    private @Nullable LocalTimer newest;
    private @Nullable LocalTimer patience;
    private boolean closed;

    LocalRuntime(SmallWorld world, boolean longest) {
        this.world = world;
        this.random = new Jitter(longest);
    }

    /** Always the least, or always the most. */
    private record Jitter(boolean longest) implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return longest ? bound - 1 : 0;
        }
    }

    // -- what the world does with it ------------------------------------------------------------------------------

    /** Runs whatever can run without time or messages. */
    void drain() {
        for (; ; ) {
            Runnable next = loop.poll();
            if (next == null) {
                next = sender.poll();
            }
            if (next == null) {
                return;
            }
            newest = null;
            next.run();
        }
    }

    /** Fires what is due, one after another. */
    void fire() {
        for (; ; ) {
            LocalTimer due = firstDue();
            if (due == null) {
                return;
            }
            timers.remove(due);
            due.pending = false;
            due.task.run();
            drain();
        }
    }

    boolean isDue() {
        return firstDue() != null;
    }

    private @Nullable LocalTimer firstDue() {
        LocalTimer first = null;
        for (LocalTimer timer : timers) {
            if (timer.due <= world.now() && (first == null || timer.due < first.due)) {
                first = timer;
            }
        }
        return first;
    }

    /** The pending timers, the first due first. */
    List<LocalTimer> timers() {
        List<LocalTimer> sorted = new ArrayList<>(timers);
        sorted.sort(Comparator.comparingLong(timer -> timer.due));
        return sorted;
    }

    /** When the caller of the call that is being made gives up, or null. */
    @Nullable LocalTimer patience() {
        return patience;
    }

    /** How many requests ago {@code answer} was asked for, or −1. */
    long age(Object answer) {
        Long number = sent.get(answer);
        return number == null ? -1 : sends - number;
    }

    // -- what the code under test does with it --------------------------------------------------------------------

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        return world.moment();
    }

    @Override
    public void execute(Runnable task) {
        loop.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        LocalTimer timer = new LocalTimer(world.now() + Math.max(0, Moment.boundedNanos(delay)), task);
        timers.add(timer);
        newest = timer;
        return timer;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        long number = sends++;
        sender.add(() -> make(
                () -> {
                    CompletionStage<T> stage = call.get();
                    sent.put(stage, number);
                    return stage;
                },
                answer));
        return answer;
    }

    /** The timer set just before is the timeout of the call. */
    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        LocalTimer timeout = newest;
        newest = null;
        sender.addFirst(() -> {
            patience = timeout;
            make(call, answer);
            patience = null;
        });
        return answer;
    }

    private static <T> void make(Supplier<CompletionStage<T>> call, CompletableFuture<T> answer) {
        try {
            call.get().whenComplete((value, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(value);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public Executor callbacks() {
        return this::execute;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Runnable register(OpenElection election) {
        return () -> {};
    }

    @Override
    public void close() {
        closed = true;
    }

    /** A timer that waits to be fired. */
    final class LocalTimer implements Timer {
        private final long due;
        private final Runnable task;
        private boolean pending = true;

        LocalTimer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        long due() {
            return due;
        }

        Runnable task() {
            return task;
        }

        boolean isPending() {
            return pending;
        }

        @Override
        public void cancel() {
            pending = false;
            timers.remove(this);
        }
    }
}
