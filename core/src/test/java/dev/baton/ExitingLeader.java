package dev.baton;

import dev.baton.event.EventSink;
import dev.baton.register.InMemoryRegister;
import dev.baton.spi.LockBackend;
import java.time.Duration;

/** A process that calls {@code System.exit} where people do; its events go to standard output. */
final class ExitingLeader {
    private ExitingLeader() {}

    public static void main(String[] where) throws InterruptedException {
        LockBackend backend = InMemoryRegister.open();
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
            default -> throw new IllegalArgumentException(where[0]);
        }
        builder.start();
        Thread.currentThread().join();
    }
}
