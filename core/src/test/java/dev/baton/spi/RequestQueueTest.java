package dev.baton.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a queue, which no sender may outlive: also not one that came just before it. */
@Timeout(120)
class RequestQueueTest {
    @Test
    void closeWakesWhoeverWaitsForACallAndNobodyWaitsAfterIt() throws Exception {
        RequestQueue queue = new RequestQueue(1);
        CompletableFuture<Runnable> taken = new CompletableFuture<>();
        Thread sender = new Thread(() -> {
            try {
                taken.complete(queue.take());
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        sender.setDaemon(true);
        sender.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> sender.getState() == Thread.State.WAITING);

        queue.close();

        assertThat(taken.get(1, TimeUnit.MINUTES)).isNotNull();
        assertThat(queue.take()).isNotNull();
    }
}
