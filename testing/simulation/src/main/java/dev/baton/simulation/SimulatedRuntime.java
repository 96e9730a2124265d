package dev.baton.simulation;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The loop, the timers and the sender of one process, in virtual time. */
final class SimulatedRuntime implements BackendRuntime, Timekeeper {
    private final Node node;
    private final World world;
    private final RandomGenerator random;
    private long senderFreeAt;
    private boolean closed;

    SimulatedRuntime(Node node, RandomGenerator random) {
        this.node = node;
        this.world = node.world();
        this.random = random;
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        return node.now();
    }

    @Override
    public void execute(Runnable task) {
        world.soon(node, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        VirtualTimer timer = new VirtualTimer(now().nanos() + Math.max(0, Moment.boundedNanos(delay)), task);
        timer.arm();
        return timer;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    /** Waits for the sender, which takes calls in order and may be stalled. */
    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        senderFreeAt = Math.max(senderFreeAt, world.now() + world.weather().senderDelay());
        world.at(senderFreeAt, node, () -> make(call, answer));
        return answer;
    }

    private static <T> void make(Supplier<CompletionStage<T>> call, CompletableFuture<T> answer) {
        try {
            call.get()
                    .handle((value, failure) ->
                            failure != null ? answer.completeExceptionally(failure) : answer.complete(value));
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

    /** Fires no sooner than the monotonic clock says, however often the machine was suspended. */
    private final class VirtualTimer implements Timer {
        private final long due;
        private final Runnable task;
        private World.@org.jspecify.annotations.Nullable Event event;

        VirtualTimer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        void arm() {
            event = world.at(world.now() + node.clock().until(due, world.now()), node, this::fire);
        }

        private void fire() {
            if (now().nanos() - due < 0) {
                arm();
            } else {
                task.run();
            }
        }

        @Override
        public void cancel() {
            if (event != null) {
                event.cancel();
            }
        }
    }
}
