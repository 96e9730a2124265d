package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.BackendException;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PendingTest {
    /** A timer's thread can be that fast. */
    private static final class AtOnce implements Timekeeper {
        @Override
        public Moment now() {
            return new Moment(0, 0);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            task.run();
            return () -> {};
        }

        @Override
        public RandomGenerator random() {
            return RandomGenerator.getDefault();
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    @Test
    void aDeadlineThatIsPastIsAnsweredEvenIfItFiresBeforeTheAnswerIsMade() {
        Set<Pending<?>> unanswered = new HashSet<>();

        Pending<String> pending =
                new Pending<>(new AtOnce(), new Moment(0, 0), () -> new BackendException("late"), unanswered);

        assertThat(pending.stage()).isCompletedExceptionally();
        assertThat(pending.isOpen()).isFalse();
        assertThat(unanswered).isEmpty();
    }
}
