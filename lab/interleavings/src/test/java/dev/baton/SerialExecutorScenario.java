package dev.baton;

import dev.baton.interleaving.Holds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/**
 * A task that was accepted runs once, by the time that every submission has run, one at a time and in order; one that was
 * refused does not run.
 */
public class SerialExecutorScenario {
    private final SerialExecutor lane = new SerialExecutor(new Submissions(), failure -> {
        throw new AssertionError(failure);
    });
    private final boolean[] accepted = new boolean[4];
    private final List<Integer> ran = new ArrayList<>();
    private volatile boolean busy;
    private volatile @Nullable Thread refused;

    @Operation
    public void submitsTwo() {
        execute(0);
        execute(1);
    }

    @Operation
    public void submitsOne() {
        execute(2);
    }

    @Operation
    public void isRefused() {
        refused = Thread.currentThread();
        execute(3);
    }

    @Validate
    public void acceptedTasksRanOnceInOrder() {
        for (int task = 0; task < accepted.length; task++) {
            int number = task;
            long times = ran.stream().filter(each -> each == number).count();
            Holds.that(times == (accepted[task] ? 1 : 0), task + " in " + ran);
        }
        Holds.that(ran.indexOf(0) < ran.indexOf(1), ran);
    }

    private void execute(int task) {
        try {
            lane.execute(() -> run(task));
            accepted[task] = true;
        } catch (RejectedExecutionException e) {
            accepted[task] = false;
        }
    }

    private void run(int task) {
        Holds.that(!busy && lane.isCurrent(), "one at a time");
        busy = true;
        ran.add(task);
        busy = false;
    }

    /** Runs what it is given at once, unless it refuses this thread. */
    private final class Submissions implements Executor {
        @Override
        public void execute(Runnable submission) {
            if (Thread.currentThread() == refused) {
                throw new RejectedExecutionException("full");
            }
            submission.run();
        }
    }
}
