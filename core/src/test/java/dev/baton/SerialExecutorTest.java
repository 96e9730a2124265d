package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** A lane: one task after another, whatever the executor does. */
class SerialExecutorTest {
    private final Queue<Runnable> queued = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunInOrderOnOneSubmission() {
        SerialExecutor lane = new SerialExecutor(queued::add);
        lane.execute(() -> ran.add("one"));
        lane.execute(() -> ran.add("two"));
        assertThat(queued).hasSize(1);
        queued.remove().run();
        assertThat(ran).containsExactly("one", "two");
        lane.execute(() -> ran.add("three"));
        queued.remove().run();
        assertThat(ran).containsExactly("one", "two", "three");
    }

    @Test
    void laneKnowsItsOwnThread() {
        SerialExecutor lane = new SerialExecutor(queued::add);
        lane.execute(() -> assertThat(lane.isCurrent()).isTrue());
        queued.remove().run();
        assertThat(lane.isCurrent()).isFalse();
    }

    @Test
    void rejectedTaskIsForgottenAndTheNextOneRuns() {
        failsOnceThenRuns(new RejectedExecutionException("full"));
    }

    /** Not only what executors are supposed to throw. */
    @Test
    void executorThatFailsOtherwiseDoesNotBlockTheLane() {
        failsOnceThenRuns(new IllegalStateException("not started"));
        failsOnceThenRuns(new OutOfMemoryError("unable to create native thread"));
    }

    private void failsOnceThenRuns(Throwable failure) {
        ran.clear();
        List<Throwable> failures = new ArrayList<>(List.of(failure));
        SerialExecutor lane = new SerialExecutor(task -> {
            if (!failures.isEmpty()) {
                Throwable next = failures.remove(0);
                if (next instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) next;
            }
            queued.add(task);
        });
        assertThatThrownBy(() -> lane.execute(() -> ran.add("lost"))).isInstanceOf(RejectedExecutionException.class);
        lane.execute(() -> ran.add("next"));
        queued.remove().run();
        assertThat(ran).containsExactly("next");
    }

    /** Callbacks never run on the thread that decides: it would stop renewing. */
    @Test
    void executorThatRunsTasksOnTheCallersThreadIsRejected() {
        Executor direct = Runnable::run;
        SerialExecutor lane = new SerialExecutor(direct);
        assertThatThrownBy(() -> lane.execute(() -> ran.add("on the loop")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("threads of its own");
        assertThat(ran).isEmpty();
    }
}
