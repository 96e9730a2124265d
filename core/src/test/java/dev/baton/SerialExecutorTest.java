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

    private SerialExecutor lane(Executor executor) {
        return new SerialExecutor(
                executor, failure -> ran.add(failure.getClass().getSimpleName()));
    }

    private void runAll() {
        for (Runnable next = queued.poll(); next != null; next = queued.poll()) {
            next.run();
        }
    }

    @Test
    void tasksRunInOrderWhicheverSubmissionRuns() {
        SerialExecutor lane = lane(queued::add);
        lane.execute(() -> ran.add("one"));
        lane.execute(() -> ran.add("two"));
        queued.remove().run();
        assertThat(ran).containsExactly("one", "two");
        lane.execute(() -> ran.add("three"));
        runAll();
        assertThat(ran).containsExactly("one", "two", "three");
    }

    /** The executor has two threads: a submission that comes while another's task runs leaves it its turn. */
    @Test
    void noTwoTasksRunAtOnce() {
        SerialExecutor lane = lane(queued::add);
        lane.execute(() -> {
            ran.add("one begins");
            lane.execute(() -> ran.add("two"));
            runAll();
            ran.add("one ends");
        });
        queued.remove().run();
        assertThat(ran).containsExactly("one begins", "one ends", "two");
    }

    @Test
    void droppedSubmissionStopsNothing() {
        SerialExecutor lane = lane(queued::add);
        lane.execute(() -> ran.add("one"));
        queued.clear();
        lane.execute(() -> ran.add("two"));
        runAll();
        assertThat(ran).containsExactly("one", "two");
    }

    /** Also what a method does not declare. */
    @Test
    void taskThatThrowsAnythingIsToldAndTheNextOneRuns() {
        SerialExecutor lane = lane(queued::add);
        lane.execute(() -> Sneaky.raise(new java.io.IOException("undeclared")));
        lane.execute(() -> Sneaky.raise(new StackOverflowError()));
        lane.execute(() -> ran.add("next"));
        queued.remove().run();
        assertThat(ran).containsExactly("IOException", "StackOverflowError", "next");
    }

    /** For want of stack, even that may fail; the submission of the next task came while the first ran. */
    @Test
    void taskWhoseFailureCannotBeToldStopsNothing() {
        SerialExecutor lane =
                new SerialExecutor(queued::add, failure -> Sneaky.raise(new StackOverflowError("planted")));
        lane.execute(() -> {
            lane.execute(() -> ran.add("next"));
            queued.remove().run();
            throw new IllegalStateException("planted");
        });
        queued.remove().run();
        assertThat(ran).containsExactly("next");
    }

    @Test
    void laneThatIsFullRejects() {
        SerialExecutor lane = lane(queued::add);
        for (int i = 0; i < 1_024; i++) {
            lane.execute(() -> ran.add("task"));
        }
        assertThatThrownBy(() -> lane.execute(() -> ran.add("one more")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("1024");
        runAll();
        assertThat(ran).hasSize(1_024);
    }

    @Test
    void laneKnowsItsOwnThread() {
        SerialExecutor lane = lane(queued::add);
        lane.execute(() -> assertThat(lane.isCurrent()).isTrue());
        queued.remove().run();
        assertThat(lane.isCurrent()).isFalse();
        assertThat(ran).isEmpty();
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
        SerialExecutor lane = lane(task -> {
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
}
