package dev.baton.internal.session;

import dev.baton.interleaving.Holds;
import dev.baton.interleaving.StoppedClock;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slf4j.helpers.NOPLogger;

/** Each task runs once, by the time all that brought one have returned; one at a time, and a thread's own in order. */
public class InlineSerialExecutorScenario {
    private final InlineSerialExecutor executor = new InlineSerialExecutor(new StoppedClock(), NOPLogger.NOP_LOGGER);
    private final List<Integer> ran = new ArrayList<>();
    private volatile boolean busy;

    @Operation
    public void bringsTwo() {
        executor.execute(() -> run(0));
        executor.execute(() -> run(1));
    }

    @Operation
    public void bringsOneThatBringsAnother() {
        executor.execute(() -> {
            run(2);
            executor.execute(() -> run(3));
        });
    }

    @Operation
    public void bringsOne() {
        executor.execute(() -> run(4));
    }

    @Validate
    public void eachRanOnceInOrder() {
        Holds.that(ran.size() == 5 && ran.containsAll(List.of(0, 1, 2, 3, 4)), ran);
        Holds.that(ran.indexOf(0) < ran.indexOf(1) && ran.indexOf(2) < ran.indexOf(3), ran);
    }

    private void run(int task) {
        Holds.that(!busy, "one at a time");
        busy = true;
        ran.add(task);
        busy = false;
    }
}
