package dev.baton.spi;

import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.fixture.Sneaky;
import dev.baton.fixture.Waits;
import dev.baton.spi.BackendRuntime.Priority;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Loop, sender and callback threads of one backend instance, and how they end. */
@Timeout(300)
class ThreadedRuntimeTest {
    private final ThreadedRuntime runtime = ThreadedRuntime.start("test", true, 128);

    @AfterEach
    void close() {
        runtime.close();
    }

    private Thread closing() {
        Thread thread = new Thread(runtime::close, "closing");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void rule1_3_callsComeOnTheSenderAndDecisionsOnTheLoop() {
        AtomicReference<String> sender = new AtomicReference<>();
        AtomicReference<String> loop = new AtomicReference<>();
        runtime.send(Priority.ACQUIRE, runtime.now(), () -> {
                    sender.set(Thread.currentThread().getName());
                    return CompletableFuture.completedFuture(1);
                })
                .thenRun(() ->
                        runtime.execute(() -> loop.set(Thread.currentThread().getName())));
        await().untilAsserted(() -> assertThat(loop.get()).isEqualTo("baton-test-loop"));
        assertThat(sender.get()).isEqualTo("baton-test-sender");
    }

    @Test
    void taskThatThrowsEndsNeitherLoopNorTimers() {
        CountDownLatch ran = new CountDownLatch(2);
        runtime.execute(() -> {
            throw new IllegalStateException("a defect");
        });
        runtime.schedule(Duration.ZERO, () -> {
            throw new AssertionError("another");
        });
        runtime.execute(ran::countDown);
        runtime.schedule(Duration.ofNanos(1), ran::countDown);
        await().until(() -> ran.getCount() == 0);
    }

    @Test
    void missingClassThatATaskMeetsIsCalledThatAndNoDefect() {
        List<String> said = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                said.add(event.getFormattedMessage());
            }
        };
        appender.start();
        Logger log = (Logger) LoggerFactory.getLogger(BackendRuntime.class);
        log.addAppender(appender);
        try {
            runtime.execute(() -> {
                throw new NoClassDefFoundError("io/grpc/NameResolver");
            });
            await().until(() -> said.stream().anyMatch(line -> line.contains("io.grpc.NameResolver is missing")));
            assertThat(said).noneMatch(line -> line.contains("defect"));
        } finally {
            log.detachAppender(appender);
        }
    }

    @Test
    void cancelledTimerDoesNotRunNorStay() {
        Timekeeper.Timer timer = runtime.schedule(Duration.ofDays(100_000), () -> {});
        timer.cancel();
        timer.cancel();
        assertThat(runtime)
                .extracting("loop.queue")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.COLLECTION)
                .isEmpty();
    }

    /** Rule 8.4. */
    @Test
    void rule8_4_renewalsLeaveFirstThenTheEarliestDeadline() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        List<String> left = new CopyOnWriteArrayList<>();
        Moment now = runtime.now();
        runtime.send(Priority.RENEW, now, () -> {
            begun.countDown();
            awaitQuietly(busy);
            return CompletableFuture.completedFuture(0);
        });
        begun.await();
        send(Priority.ACQUIRE, now.plus(seconds(1)), "acquire 1", left);
        send(Priority.RENEW, now.plus(seconds(9)), "renew 9", left);
        send(Priority.ACQUIRE, now.plus(seconds(0)), "acquire 0", left);
        send(Priority.RENEW, now.plus(seconds(3)), "renew 3", left);
        send(Priority.RENEW, now.plus(seconds(3)), "renew 3, later", left);
        runtime.sendNext(() -> noted("further", left));
        busy.countDown();
        await().until(() -> left.size() == 6);
        assertThat(left).containsExactly("further", "renew 3", "renew 3, later", "renew 9", "acquire 0", "acquire 1");
    }

    private void send(Priority priority, Moment deadline, String name, List<String> left) {
        runtime.send(priority, deadline, () -> noted(name, left));
    }

    private static CompletionStage<Integer> noted(String name, List<String> left) {
        left.add(name);
        return CompletableFuture.completedFuture(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void boundedNumberIsInFlightAndFurtherCallsOfThosePass() {
        List<CompletableFuture<Integer>> hanging = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 200; i++) {
            runtime.send(Priority.ACQUIRE, runtime.now().plus(seconds(3_600)), () -> {
                CompletableFuture<Integer> answer = new CompletableFuture<>();
                hanging.add(answer);
                return answer;
            });
        }
        await().until(() -> hanging.size() == 128);
        CompletableFuture<Integer> further =
                runtime.sendNext(() -> CompletableFuture.completedFuture(1)).toCompletableFuture();
        await().until(further::isDone);
        assertThat(hanging).hasSize(128);
        hanging.get(0).complete(1);
        hanging.get(1).completeExceptionally(new IllegalStateException("no"));
        await().until(() -> hanging.size() == 130);
    }

    @Test
    void callThatThrowsFailsItsStageAndMakesRoom() {
        for (int i = 0; i < 300; i++) {
            CompletableFuture<Integer> failed = runtime.<Integer>send(Priority.RENEW, runtime.now(), () -> {
                        throw new IllegalStateException("a defect");
                    })
                    .toCompletableFuture();
            assertThat(failed.handle((value, failure) -> failure != null).join())
                    .isTrue();
        }
    }

    /** A checked exception that its method does not declare, an error, an interrupt that is left behind. */
    @Test
    void callThatThrowsAnythingOrLeavesAnInterruptDoesNotEndTheSender() {
        for (Throwable failure : List.of(new java.io.IOException("undeclared"), new OutOfMemoryError("planted"))) {
            CompletableFuture<Integer> failed = runtime.<Integer>send(Priority.RENEW, runtime.now(), () -> {
                        Thread.currentThread().interrupt();
                        throw Sneaky.<RuntimeException>thrown(failure);
                    })
                    .toCompletableFuture();
            assertThat(failed.handle((value, why) -> why).join()).isSameAs(failure);
        }
        assertThat(runtime.send(Priority.RENEW, runtime.now(), () -> CompletableFuture.completedFuture(1))
                        .toCompletableFuture())
                .succeedsWithin(Waits.LIMIT);
    }

    /** One call breaks rule 7.1; others must not wait for it. */
    @Test
    void requestsThatAreNeverAnsweredDoNotKeepOthersWaitingForEver() {
        for (int i = 0; i < 128; i++) {
            runtime.send(Priority.RENEW, runtime.now(), CompletableFuture::new);
        }
        assertThat(runtime.send(Priority.ACQUIRE, runtime.now(), () -> CompletableFuture.completedFuture(1))
                        .toCompletableFuture())
                .succeedsWithin(Waits.LIMIT);
    }

    @Test
    void taskThatThrowsWhatItDoesNotDeclareEndsNeitherLoopNorTimers() {
        CountDownLatch ran = new CountDownLatch(1);
        runtime.execute(() -> {
            throw Sneaky.<RuntimeException>thrown(new java.io.IOException("undeclared"));
        });
        runtime.execute(ran::countDown);
        await().until(() -> ran.getCount() == 0);
    }

    /** The caller waits by its own clock. */
    @Test
    void electionThatDoesNotCloseIsWaitedForAsLongAsItSaid() {
        runtime.register(new BackendRuntime.OpenElection() {
            @Override
            public CompletionStage<Void> closeAsync() {
                return new CompletableFuture<>();
            }

            @Override
            public void abandon() {
                throw Sneaky.<RuntimeException>thrown(new java.io.IOException("undeclared"));
            }

            @Override
            public Duration closeTimeout() {
                return Duration.ofMillis(50);
            }
        });
        Thread closing = closing();
        await().until(() -> !closing.isAlive());
        assertThat(runtime.isClosed()).isTrue();
    }

    @Test
    void loopThatStandsStillIsNoticedAndOneThatMovesIsNot() {
        CountDownLatch busy = new CountDownLatch(1);
        runtime.execute(() -> awaitQuietly(busy));
        await().until(() -> runtime.stalled().compareTo(Duration.ofMillis(1_500)) > 0);
        busy.countDown();
        await().until(() -> runtime.stalled().isZero());
    }

    @Test
    void requestsThatWaitOrComeAfterTheCloseFail() {
        CountDownLatch busy = new CountDownLatch(1);
        runtime.send(Priority.RENEW, runtime.now(), () -> {
            awaitQuietly(busy);
            return CompletableFuture.completedFuture(0);
        });
        CompletableFuture<Integer> waiting = runtime.send(
                        Priority.RENEW, runtime.now(), () -> CompletableFuture.completedFuture(1))
                .toCompletableFuture();
        runtime.close();
        CompletableFuture<Integer> late = runtime.send(
                        Priority.RENEW, runtime.now(), () -> CompletableFuture.completedFuture(1))
                .toCompletableFuture();
        assertThat(waiting).isCompletedExceptionally();
        assertThat(late).isCompletedExceptionally();
        assertThat(runtime.sendNext(() -> CompletableFuture.completedFuture(1)).toCompletableFuture())
                .isCompletedExceptionally();
        assertThatCode(() -> {
                    runtime.execute(() -> {});
                    runtime.schedule(Duration.ZERO, () -> {}).cancel();
                    runtime.close();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void threadsEndWithTheRuntime() {
        ThreadedRuntime mortal = ThreadedRuntime.start("mortal", true, 128);
        mortal.execute(() -> {});
        mortal.callbacks().execute(() -> {});
        mortal.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("baton-mortal-")));
    }

    @Test
    void shutdownHookGoesWithTheRuntime() {
        assertThat(runtime).extracting("hook").isInstanceOf(Thread.class);
        AtomicReference<Object> hook = new AtomicReference<>();
        assertThat(runtime).extracting("hook").satisfies(hook::set);
        runtime.close();
        assertThat(Runtime.getRuntime().removeShutdownHook((Thread) hook.get())).isFalse();
        ThreadedRuntime without = ThreadedRuntime.start("test", false, 128);
        assertThat(without).extracting("hook").isNull();
        without.close();
    }

    /** The JVM's hook closes the elections while the application's own hook closes the backend. */
    @Test
    void twoThatCloseAtOnceBothWaitForTheElections() {
        CompletableFuture<Void> election = new CompletableFuture<>();
        runtime.register(open(() -> election));
        Thread one = closing();
        await().until(() -> isWaiting(one));
        Thread other = closing();
        await().until(() -> isWaiting(other) || !other.isAlive());
        assertThat(runtime.isClosed()).as("not while an election hands over").isFalse();
        assertThat(other.isAlive()).isTrue();
        election.complete(null);
        await().until(() -> !one.isAlive() && !other.isAlive());
        assertThat(runtime.isClosed()).isTrue();
    }

    /** Once the loop is gone no election will ever answer. */
    @Test
    void whoeverWaitsForElectionsIsReleasedWhenTheRuntimeHasEnded() {
        Thread callback = new Thread(runtime::close, "callback");
        runtime.register(open(() -> Thread.currentThread() == callback
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<>()));
        Thread hook = closing();
        await().until(() -> isWaiting(hook));
        callback.start();
        await().until(() -> !callback.isAlive() && !hook.isAlive());
    }

    @Test
    void closeOnTheLoopItselfDoesNotWaitForWhatOnlyTheLoopCanDo() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        runtime.register(open(CompletableFuture::new));
        runtime.execute(() -> {
            runtime.close();
            closed.countDown();
        });
        assertThat(closed.await(2, TimeUnit.MINUTES)).isTrue();
    }

    /** What has not stopped when the connection goes must not stay valid beside a successor. */
    @Test
    void closeEndsTheTermsOfElectionsThatDidNotStop() {
        AtomicBoolean abandoned = new AtomicBoolean();
        runtime.register(new BackendRuntime.OpenElection() {
            @Override
            public CompletionStage<Void> closeAsync() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void abandon() {
                assertThat(runtime.isClosed()).isTrue();
                abandoned.set(true);
            }
        });
        runtime.close();
        assertThat(abandoned).isTrue();
    }

    private static BackendRuntime.OpenElection open(Supplier<CompletionStage<Void>> close) {
        return new BackendRuntime.OpenElection() {
            @Override
            public CompletionStage<Void> closeAsync() {
                return close.get();
            }

            @Override
            public void abandon() {
                // These elections have no term.
            }
        };
    }
}
