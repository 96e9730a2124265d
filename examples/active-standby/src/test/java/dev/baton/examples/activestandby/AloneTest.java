package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The only instance, unelected. */
class AloneTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void workThatFailsForWhateverReasonMakesItIll() {
        try (Alone alone = new Alone("here_1", (token, allowed, over) -> {
            throw new AssertionError("planted");
        })) {
            await().atMost(PATIENCE).until(() -> alone.ill().isPresent());

            assertThat(alone.ill()).hasValueSatisfying(why -> assertThat(why).contains("planted"));
            assertThat(alone.unready()).isEqualTo(alone.ill());
        }
    }

    @Test
    void isIdleOnceItIsClosed() throws InterruptedException {
        CountDownLatch working = new CountDownLatch(1);
        Alone alone = new Alone("here_1", (token, allowed, over) -> {
            working.countDown();
            over.await();
        });
        working.await();
        assertThat(alone.idle()).isFalse();

        alone.close();

        assertThat(alone.idle()).isTrue();
        assertThat(alone.ill()).isEmpty();
    }
}
