package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Transaction;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many claims at once, as when a process with many elections starts. */
class StormTest {
    private static final int MANY = 2_000;
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    private static Claim claim(int number) {
        return new Claim(ElectionName.parse("orders/number-" + number), "one", "nonce-" + number, TIMING);
    }

    @Test
    void noCallWaitsOutsideForOthersToBeAnswered() throws InterruptedException {
        CountDownLatch calls = new CountDownLatch(MANY);
        try (EtcdBackend backend =
                EtcdBackend.builder("http://127.0.0.1:1").shutdownHook(false).build()) {
            BackendRuntime runtime = backend.runtime();
            Moment deadline = runtime.timekeeper().now().plus(TIMING.renewDeadline());
            for (int i = 0; i < MANY; i++) {
                runtime.send(BackendRuntime.Priority.ACQUIRE, deadline, () -> {
                    calls.countDown();
                    return new CompletableFuture<Answer>();
                });
            }
            assertThat(calls.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatEndsATermGoesBeforeClaims() {
        VirtualRuntime time = new VirtualRuntime();
        MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379");
        List<Transaction.Op> steps = new ArrayList<>();
        etcd.refuse(request -> {
            if (request instanceof Transaction transaction) {
                steps.add(transaction.then().get(0));
            }
            return null;
        });
        EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);
        CompletableFuture<Answer> leads = acquire(backend, time, 0);
        time.advance(Duration.ofSeconds(1));
        Stage.granted(leads.join());
        steps.clear();

        List<CompletableFuture<Answer>> others = IntStream.rangeClosed(1, MANY)
                .mapToObj(number -> acquire(backend, time, number))
                .toList();
        CompletableFuture<Void> handsOver = backend.withdraw(
                        claim(0), time.now().plus(TIMING.renewDeadline()))
                .toCompletableFuture();
        time.advance(Duration.ofSeconds(1));

        assertThat(handsOver).isCompleted();
        long before = steps.stream()
                .takeWhile(step -> !(step instanceof Transaction.Delete))
                .count();
        assertThat(before).as("requests before the release").isLessThan(200);
        assertThat(others).allMatch(answer -> answer.join() instanceof Answer.Granted);
        assertThat(etcd.mostUnderWay).isLessThanOrEqualTo(130);
    }

    private static CompletableFuture<Answer> acquire(EtcdBackend backend, VirtualRuntime time, int number) {
        return backend.acquire(claim(number), time.now().plus(TIMING.renewDeadline()))
                .toCompletableFuture();
    }
}
