package dev.baton.spi;

import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reports are made in order, elsewhere, and never waited for. */
@Timeout(300)
class OutboxTest {
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final ThreadFactory daemons = task -> {
        Thread thread = Executors.defaultThreadFactory().newThread(task);
        thread.setDaemon(true);
        return thread;
    };
    private final Outbox outbox = new Outbox(
            2, daemons, (count, failure) -> said.add("lost " + count + (failure == null ? "" : ": " + failure)));

    @Test
    void whatOverflowsIsCountedAndSaidOnceThereIsRoom() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        outbox.execute(() -> {
            begun.countDown();
            await().until(() -> blocked.getCount() == 0);
        });
        begun.await();
        for (int i = 0; i < 7; i++) {
            int number = i;
            outbox.execute(() -> said.add("report " + number));
        }
        assertThat(said).isEmpty();
        blocked.countDown();
        await().until(() -> said.size() == 3);
        assertThat(said).containsExactly("lost 5", "report 0", "report 1");
    }

    @Test
    void reportThatThrowsIsSaidAndTheNextIsMade() {
        outbox.execute(() -> {
            throw new AssertionError("planted");
        });
        outbox.execute(() -> said.add("next"));
        await().until(() -> said.size() == 2);
        assertThat(said).containsExactly("lost 1: java.lang.AssertionError: planted", "next");
    }

    @Test
    void complaintThatFailsIsMadeAgain() {
        AtomicBoolean fails = new AtomicBoolean(true);
        Outbox complaining = new Outbox(2, daemons, (count, failure) -> {
            if (fails.getAndSet(false)) {
                throw new IllegalStateException("the log does not take it");
            }
            said.add("lost " + count);
        });
        complaining.execute(() -> {
            throw new AssertionError("planted");
        });
        complaining.flush(30_000);
        await().until(() -> said.equals(List.of("lost 1")));
    }

    @Test
    void threadThatCannotBeHadLosesTheReportAndNothingElse() {
        AtomicBoolean starved = new AtomicBoolean(true);
        Outbox poor = new Outbox(
                2,
                task -> {
                    if (starved.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return daemons.newThread(task);
                },
                (count, failure) -> said.add("lost " + count + ": " + failure));
        poor.execute(() -> said.add("one"));
        starved.set(false);
        poor.execute(() -> said.add("two"));
        await().until(() -> said.size() == 2);
        assertThat(said.get(0)).isEqualTo("two");
        assertThat(said.get(1)).contains("lost 1").contains("unable to create native thread");
    }

    @Test
    void flushWaitsOnceForAReportThatHangs() {
        CountDownLatch hangs = new CountDownLatch(1);
        outbox.execute(() -> await().until(() -> hangs.getCount() == 0));
        outbox.flush(50);
        outbox.flush(Long.MAX_VALUE / 2);
        hangs.countDown();
        outbox.execute(() -> said.add("next"));
        await().until(() -> said.equals(List.of("next")));
    }

    /** A close of the backend inside a sink must not wait for that sink. */
    @Test
    void flushInsideAReportDoesNotWaitForItself() {
        outbox.execute(() -> {
            outbox.flush(Long.MAX_VALUE / 2);
            said.add("flushed");
        });
        await().until(() -> said.equals(List.of("flushed")));
    }
}
