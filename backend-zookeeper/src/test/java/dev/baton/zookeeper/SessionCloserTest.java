package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session that was given up is ended however often that takes, and known to be gone as soon as the ensemble says so. */
class SessionCloserTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(4);
    private static final Duration UNDISTURBED = Duration.ofSeconds(6);

    private final VirtualRuntime time = new VirtualRuntime();
    private final Asked clients = new Asked();
    private int gone;

    @BeforeEach
    void start() {
        new SessionCloser(clients, time, time, TIMEOUT, new Deaf(() -> false), () -> gone++).start();
        time.advance(Duration.ZERO);
        assertThat(clients.asked).hasSize(1);
    }

    private void answer(int attempt, KeeperState found) {
        clients.asked.get(attempt).accept(found);
        time.advance(Duration.ZERO);
    }

    /** As of a client that died: of a logger that throws, for instance. */
    @Test
    void anAttemptThatIsNeverAnsweredIsFollowedByAnother() {
        time.advance(UNDISTURBED.plus(Duration.ofSeconds(1)));
        assertThat(clients.asked).hasSize(2);
        answer(1, KeeperState.Expired);
        assertThat(gone).isEqualTo(1);
    }

    @Test
    void attemptsThatAreNeverAnsweredAreFew() {
        time.advance(UNDISTURBED.multipliedBy(100));
        assertThat(clients.asked).hasSize(4);
        answer(0, KeeperState.Disconnected);
        time.advance(UNDISTURBED.multipliedBy(100));
        assertThat(clients.asked).hasSize(5);
    }

    @Test
    void theAnswerOfAnEarlierAttemptCountsAsWellIfItSaysThatTheSessionIsGone() {
        time.advance(UNDISTURBED.plus(Duration.ofSeconds(1)));
        answer(0, KeeperState.Expired);
        answer(1, KeeperState.Expired);
        assertThat(gone).isEqualTo(1);
        time.advance(UNDISTURBED.multipliedBy(5));
        assertThat(clients.asked).as("and is looked for no more").hasSize(2);
    }

    @Test
    void anythingElseThatAnEarlierAttemptSaysIsOld() {
        time.advance(UNDISTURBED.plus(Duration.ofSeconds(1)));
        answer(0, KeeperState.SyncConnected);
        assertThat(clients.asked).hasSize(2);
    }

    @Test
    void oneThatWasAliveIsLookedForAtOnceAndThenLeftAlone() {
        answer(0, KeeperState.SyncConnected);
        assertThat(clients.asked).hasSize(2);
        answer(1, KeeperState.SyncConnected);
        time.advance(UNDISTURBED.minusMillis(1));
        assertThat(clients.asked).hasSize(2);
        time.advance(Duration.ofMillis(1));
        assertThat(clients.asked).hasSize(3);
    }

    @Test
    void anAnsweredAttemptIsNotTakenForOneThatNeverIs() {
        answer(0, KeeperState.Disconnected);
        time.advance(Duration.ofSeconds(1));
        assertThat(clients.asked).hasSize(2);
        time.advance(UNDISTURBED.minusSeconds(2));
        assertThat(clients.asked).as("though the first was asked so long ago").hasSize(2);
    }

    /** Is asked, and answers when the test says so. */
    private static final class Asked implements Clients {
        private final List<Consumer<KeeperState>> asked = new ArrayList<>();

        @Override
        public Runnable open(Duration sessionTimeout, Timekeeper lane, Supplier<@Nullable Connection> opening) {
            throw new AssertionError("nothing is opened");
        }

        @Override
        public void end(
                long sessionId, byte[] password, Duration timeout, Timekeeper time, Consumer<KeeperState> found) {
            asked.add(found);
        }
    }
}
