package dev.baton.migration;

import dev.baton.fixture.VirtualTime;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A runtime of one process of many in virtual time: its clock runs at a rate of its own, and it can be killed. */
final class MortalRuntime implements BackendRuntime, Timekeeper {
    private final VirtualTime world;
    private final Moment born;
    private final double rate;
    private boolean dead;

    MortalRuntime(VirtualTime world, double rate) {
        this.world = world;
        this.born = world.now();
        this.rate = rate;
    }

    /** Nothing of this process happens any more; what it has sent may still land. */
    void kill() {
        dead = true;
    }

    @Override
    public Timekeeper timekeeper() {
        return this;
    }

    @Override
    public Moment now() {
        return born.plusNanos((long) (world.now().nanosSince(born) * rate));
    }

    @Override
    public void execute(Runnable task) {
        world.execute(whileAlive(task));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        long nanos = (long) Math.ceil(Math.max(0, Moment.boundedNanos(delay)) / rate) + 1;
        return world.schedule(Duration.ofNanos(nanos), whileAlive(task));
    }

    private Runnable whileAlive(Runnable task) {
        return () -> {
            if (!dead) {
                task.run();
            }
        };
    }

    @Override
    public RandomGenerator random() {
        return world.random();
    }

    @Override
    public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
        return sendNext(call);
    }

    @Override
    public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> {
            try {
                call.get().whenComplete((value, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(new BackendException("the call threw", e));
            }
        });
        return answer;
    }

    @Override
    public Executor callbacks() {
        return this::execute;
    }

    @Override
    public boolean isClosed() {
        return dead;
    }

    @Override
    public Runnable register(OpenElection election) {
        return () -> {};
    }

    @Override
    public void close() {
        dead = true;
    }
}
