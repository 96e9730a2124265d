package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.conformance.TcpProxy;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a link that loses packets looks like to those who speak TCP over it: now and then nothing passes until what was lost
 * has been sent again, and some connections end with a reset. No packet is lost here, and no byte of a connection that goes on.
 */
final class StallsAndResets {
    private static final int LEAST_QUIET_MILLIS = 100;
    private static final int MOST_QUIET_MILLIS = 900;
    /** TCP waits 200 ms before it sends again, and twice as long each time: so long take one, two and three attempts. */
    private static final List<Integer> STALL_MILLIS = List.of(200, 600, 1_400);

    private static final int ONE_IN = 8;

    private StallsAndResets() {}

    /**
     * One thing that goes wrong.
     *
     * @param quietMillis how long all passes before
     * @param stallMillis how long nothing passes then, or 0 when all connections are reset
     */
    record Loss(int quietMillis, int stallMillis) {

        static Loss draw(SplittableRandom random) {
            int quiet = random.nextInt(LEAST_QUIET_MILLIS, MOST_QUIET_MILLIS);
            boolean reset = random.nextInt(ONE_IN) == 0;
            return new Loss(quiet, reset ? 0 : STALL_MILLIS.get(random.nextInt(STALL_MILLIS.size())));
        }
    }

    /** Begins on all of {@code ways} at once, in a thread of its own, which ends when they are healed. */
    static Healing on(List<TcpProxy> ways, SplittableRandom random) {
        CountDownLatch healed = new CountDownLatch(1);
        CompletableFuture<@Nullable Void> over = CompletableFuture.runAsync(
                () -> {
                    try {
                        lose(ways, random, healed);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts this thread", e);
                    }
                },
                action -> {
                    Thread thread = new Thread(action, "stalls-and-resets");
                    thread.setDaemon(true);
                    thread.start();
                });
        return () -> {
            healed.countDown();
            try {
                over.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the network could not be damaged", e);
            } finally {
                ways.forEach(TcpProxy::pass);
            }
        };
    }

    private static void lose(List<TcpProxy> ways, SplittableRandom random, CountDownLatch healed)
            throws InterruptedException {
        Loss loss = Loss.draw(random);
        while (!healed.await(loss.quietMillis(), TimeUnit.MILLISECONDS)) {
            if (loss.stallMillis() == 0) {
                ways.forEach(TcpProxy::cut);
            } else {
                ways.forEach(TcpProxy::blackHole);
                healed.await(loss.stallMillis(), TimeUnit.MILLISECONDS);
            }
            ways.forEach(TcpProxy::pass);
            loss = Loss.draw(random);
        }
    }
}
