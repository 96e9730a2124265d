package dev.baton.spi;

import dev.baton.interleaving.Holds;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** Two requests share one slot: both are sent and answered, one after the other, and no thread waits for ever. */
public class RequestQueueScenario {
    private final RequestQueue requests = new RequestQueue(1);
    private final LinkedBlockingQueue<CompletableFuture<Integer>> unanswered = new LinkedBlockingQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();

    @Operation
    public void adds() {
        add();
        add();
    }

    @Operation
    public void sends() throws InterruptedException {
        requests.take().run();
        requests.take().run();
    }

    @Operation
    public void answers() throws InterruptedException {
        answer();
        answer();
    }

    @Validate
    public void bothWereAnswered() {
        Holds.that(answered.get() == 2, answered);
    }

    private void add() {
        requests.add(BackendRuntime.Priority.RENEW, new Moment(0, 0), this::call)
                .thenRun(answered::incrementAndGet);
    }

    private CompletionStage<Integer> call() {
        Holds.that(inFlight.incrementAndGet() == 1, "one slot");
        CompletableFuture<Integer> call = new CompletableFuture<>();
        unanswered.add(call);
        return call;
    }

    private void answer() throws InterruptedException {
        CompletableFuture<Integer> call = unanswered.take();
        inFlight.decrementAndGet();
        call.complete(1);
    }
}
