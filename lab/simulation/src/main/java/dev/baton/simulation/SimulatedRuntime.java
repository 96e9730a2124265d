package dev.baton.simulation;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The loop, the timers and the sender of one process, in virtual time. */
final class SimulatedRuntime implements BackendRuntime, Timekeeper {
    /** So few that a burst can fill them. */
    static final int MOST_IN_FLIGHT = 4;

    private final Node node;
    private final World world;
    private final RandomGenerator random;
    private final PriorityQueue<Waiting<?>> waiting;
    private final List<OpenElection> elections = new ArrayList<>();
    private long arrivals;
    private int inFlight;
    private long senderFreeAt;
    private boolean closed;

    SimulatedRuntime(Node node, RandomGenerator random) {
        this.node = node;
        this.world = node.world();
        this.random = random;
        Comparator<Waiting<?>> arrival = Comparator.comparingLong(Waiting::arrival);
        this.waiting = new PriorityQueue<>(
                world.options().mutant().queuesByArrival()
                        ? arrival
                        : Comparator.<Waiting<?>, Priority>comparing(Waiting::priority)
                                .thenComparingLong(Waiting::deadline)
                                .thenComparing(arrival));
    }

    /** A request that has not left yet. */
    private record Waiting<T>(
            Priority priority,
            long deadline,
            long arrival,
            Supplier<CompletionStage<T>> call,
            CompletableFuture<T> answer) {}

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

    /** Waits for room, renewals first, and then for the sender, which may be stalled. */
    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        if (!world.weather().has(Fault.REQUESTS_QUEUED)) {
            return sendNext(call);
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        waiting.add(new Waiting<>(priority, deadline.nanos(), arrivals++, call, answer));
        sendWaiting();
        return answer;
    }

    private void sendWaiting() {
        while (inFlight < MOST_IN_FLIGHT && !waiting.isEmpty()) {
            Waiting<?> next = waiting.remove();
            if (next.priority() == Priority.ACQUIRE
                    && waiting.stream().anyMatch(other -> other.priority() == Priority.RENEW)) {
                throw world.violation(node + " sent a standby's question while a renewal waited");
            }
            send(next);
        }
    }

    private <T> void send(Waiting<T> request) {
        inFlight++;
        sendNext(request.call()).whenComplete((value, failure) -> {
            inFlight--;
            sendWaiting();
            if (failure != null) {
                request.answer().completeExceptionally(failure);
            } else {
                request.answer().complete(value);
            }
        });
    }

    /** As many questions of others arrive at once, and each is under way for so long. */
    void burst(int questions, long nanos) {
        Moment deadline = now().plusNanos(world.leaseNanos());
        for (int i = 0; i < questions; i++) {
            send(Priority.ACQUIRE, deadline, () -> {
                CompletableFuture<Void> answer = new CompletableFuture<>();
                if (world.weather().isClear()) {
                    answer.complete(null);
                } else {
                    world.at(world.now() + nanos, node, () -> answer.complete(null));
                }
                return answer;
            });
        }
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        senderFreeAt = Math.max(senderFreeAt, world.now() + world.weather().senderDelay());
        long decidedAt = world.now();
        world.at(senderFreeAt, node, () -> {
            node.decidedAt(decidedAt);
            make(call, answer);
        });
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
        elections.add(election);
        return () -> elections.remove(election);
    }

    /** Closes the elections as {@link #close()} has to, which cannot wait in virtual time. */
    void closeWithin(long nanos, Runnable closed) {
        List<OpenElection> open = List.copyOf(elections);
        open.forEach(OpenElection::closeAsync);
        world.at(world.now() + nanos, node, () -> {
            open.forEach(OpenElection::abandon);
            // What the loop was given until then, it finishes.
            world.at(world.now() + 1, node, closed);
        });
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
