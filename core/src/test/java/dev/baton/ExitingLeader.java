package dev.baton;

import static dev.baton.fixture.Samples.QUICK;

import dev.baton.event.EventSink;
import dev.baton.register.InMemoryRegister;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A process that calls {@code System.exit} where people do; its events go to standard output. */
final class ExitingLeader {
    private ExitingLeader() {}

    public static void main(String[] where) throws InterruptedException {
        LockBackend backend = InMemoryRegister.open();
        CompletableFuture<LeaderElection> election = new CompletableFuture<>();
        LeaderElection.Builder builder = LeaderElection.on(backend, "orders/reconciler")
                .identity("exiting")
                .drainTimeout(Duration.ofMinutes(2))
                .events(EventSink.jsonLines(System.out));
        switch (where[0]) {
            case "started" -> builder.onStartedLeading(term -> System.exit(3));
            case "stopped" ->
                builder.onStartedLeading(Leadership::stepDown).onStoppedLeading((term, why) -> System.exit(3));
            case "elsewhere" -> {
                builder.onStartedLeading(term -> {
                    Thread exiting = new Thread(() -> System.exit(3));
                    exiting.start();
                });
                Runtime.getRuntime().addShutdownHook(new Thread(backend::close));
            }
            case "stopped by another exit" ->
                builder.onStartedLeading(term -> new Thread(() -> System.exit(3)).start())
                        .onStoppedLeading((term, why) -> System.exit(4));
            case "permit" -> builder.onStartedLeading(term -> new Thread(() -> inside(election)).start());
            case "sink that blocks" ->
                builder.drainTimeout(Duration.ofSeconds(1))
                        .events(event -> hang())
                        .onStartedLeading(term -> new Thread(() -> System.exit(3)).start());
            case "loop that stands still" ->
                builder.timing(QUICK).drainTimeout(Duration.ofSeconds(1)).onStartedLeading(term -> {
                    backend.runtime().timekeeper().execute(ExitingLeader::hang);
                    new Thread(() -> System.exit(3)).start();
                });
            default -> throw new IllegalArgumentException(where[0]);
        }
        election.complete(builder.start());
        Thread.currentThread().join();
    }

    private static void inside(CompletableFuture<LeaderElection> election) {
        election.join().ifLeading(term -> System.exit(3));
    }

    private static void hang() {
        boolean interrupted = true;
        while (interrupted) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
