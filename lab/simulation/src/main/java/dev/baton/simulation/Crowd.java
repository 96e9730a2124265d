package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Standbys of a process in many other elections, who ask through the same backend, often all at once. */
final class Crowd {
    private static final int MOST_AT_ONCE = 20;

    private final Node node;
    private final World world;
    private final BackendRuntime runtime;
    private final SplittableRandom random;
    private final Claim[] claims = new Claim[MOST_AT_ONCE];
    private @Nullable LockBackend decorated;

    Crowd(Node node, BackendRuntime runtime, SplittableRandom random) {
        this.node = node;
        this.world = node.world();
        this.runtime = runtime;
        this.random = random;
        for (int i = 0; i < claims.length; i++) {
            claims[i] = new Claim(
                    ElectionName.parse("others/election-" + i),
                    node.toString(),
                    "crowd-" + node + "-" + i,
                    node.config().timing());
        }
    }

    /** Begins to ask {@code backend}, now and then until the weather clears. */
    void ask(LockBackend backend) {
        decorated = backend;
        again();
    }

    private void again() {
        long retry = node.config().timing().retryPeriod().toNanos();
        long at = world.now() + random.nextLong(2 * retry);
        if (at < world.clearAt()) {
            world.at(at, node, this::askNow);
        }
    }

    private void askNow() {
        LockBackend backend = decorated;
        if (backend == null || runtime.isClosed()) {
            return;
        }
        int asking = 1 + random.nextInt(MOST_AT_ONCE);
        Moment deadline = node.now().plus(node.config().timing().retryPeriod());
        for (int i = 0; i < asking; i++) {
            Claim claim = claims[i];
            runtime.send(BackendRuntime.Priority.ACQUIRE, deadline, () -> backend.acquire(claim, deadline));
        }
        again();
    }

    /** The store as these standbys see it: it refuses them, or does not answer while it is down or cut off. */
    final class Elsewhere extends ForwardingBackend {
        Elsewhere(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            if (claim.election().equals(World.ELECTION)) {
                return super.acquire(claim, deadline);
            }
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            if (!world.weather().storeIsDown() && !node.isCutOff()) {
                long under =
                        random.nextLong(1 + node.config().timing().retryPeriod().toNanos() / 8);
                world.at(world.now() + under, node, () -> answer.complete(new Answer.Refused(null, Chance.whenTold())));
            }
            runtime.timekeeper()
                    .schedule(
                            java.time.Duration.ofNanos(Math.max(
                                    1, deadline.nanosSince(runtime.timekeeper().now()))),
                            () -> answer.completeExceptionally(new BackendException("no answer in time")));
            return answer;
        }
    }
}
