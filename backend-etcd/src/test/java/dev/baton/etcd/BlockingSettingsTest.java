package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The user's settings of a client run on a thread of their own, where they may block. */
class BlockingSettingsTest {
    private final CountDownLatch blocking = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final EtcdBackend backend = EtcdBackend.builder("http://127.0.0.1:1")
            .shutdownHook(false)
            .jetcd(client -> block())
            .build();

    @AfterEach
    void close() {
        released.countDown();
        backend.close();
    }

    /** But not the first time, in build(). */
    private void block() {
        if (calls.getAndIncrement() > 0) {
            blocking.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    @Timeout(60)
    void holdUpNeitherACallNorTheLoop() throws Exception {
        Claim claim = Stage.claim(Stage.election(), "one");
        CompletionStage<Answer> asked =
                backend.acquire(claim, backend.runtime().timekeeper().now().plus(Duration.ofMinutes(1)));
        blocking.await();

        CountDownLatch moved = new CountDownLatch(1);
        backend.runtime().timekeeper().execute(moved::countDown);
        assertThat(moved.await(1, TimeUnit.MINUTES)).as("the loop moves").isTrue();
        assertThat(asked).isNotDone();
    }
}
