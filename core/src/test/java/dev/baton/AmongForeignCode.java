package dev.baton;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.QUICK;
import static dev.baton.fixture.Samples.millis;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.register.TroubledRegister;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * User code that throws, hangs until the test is over, or records an interrupt, on a register that can be made silent.
 */
abstract class AmongForeignCode {
    static final String NAME = ELECTION.toString();
    /** Renews often, and loses no term on a busy machine. */
    static final ElectionTiming BRISK = ElectionTiming.of(seconds(60), seconds(40), millis(100));

    final TroubledRegister register = new TroubledRegister(true);
    final LockBackend backend = register.backend();
    final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final CountDownLatch release = new CountDownLatch(1);
    final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        release.countDown();
        register.silent(false);
        backend.close();
        threads.shutdownNow();
    }

    LeaderElection.Builder builder(String name) {
        return LeaderElection.on(backend, name)
                .identity("first")
                .timing(QUICK)
                .onStartedLeading(term -> calls.add("started"))
                .onStoppedLeading((term, why) -> calls.add("stopped " + why));
    }

    long count(Type type) {
        return events.stream().filter(event -> event.type() == type).count();
    }

    void until(BooleanSupplier condition) {
        await().until(condition::getAsBoolean);
    }

    /** Waits for ever, whatever interrupts it, until the test is over. */
    void hang() {
        boolean interrupted = false;
        while (true) {
            try {
                release.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Work that records an interrupt. */
    StartedLeading interruptible() {
        return interruptible(calls);
    }

    static StartedLeading interruptible(List<String> told) {
        return term -> {
            told.add("started");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                told.add("interrupted");
                throw e;
            }
        };
    }

    void closesInTime(Runnable close) {
        Thread closing = new Thread(close, "closing");
        closing.setDaemon(true);
        closing.start();
        until(() -> !closing.isAlive());
    }

    static Stream<Throwable> anything() {
        return Stream.of(
                new IllegalStateException("an exception"),
                new IOException("undeclared"),
                new OutOfMemoryError("planted"),
                new StackOverflowError(),
                new NoClassDefFoundError("planted"),
                new AssertionError("planted"),
                new Throwable("neither exception nor error") {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("not even this can be asked");
                    }
                });
    }

    /** Takes so many tasks, and does with the rest what it is told. */
    Executor afterTasks(int taken, Executor then) {
        AtomicInteger tasks = new AtomicInteger();
        return task -> {
            if (tasks.incrementAndGet() <= taken) {
                threads.execute(task);
            } else {
                then.execute(task);
            }
        };
    }
}
