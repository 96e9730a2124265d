package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.zookeeper.client.HostProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom the pauses of ZooKeeper's client library are spared before a connection, and when. */
class AttemptsTest {
    @Test
    void clientIsOverOnceAThreadOfItHasEnded() throws InterruptedException {
        assertThat(attempts.isOver()).as("it has not begun").isFalse();
        attempts.next(0);
        attempts.tells(Thread.currentThread());
        assertThat(attempts.isOver()).isFalse();

        Thread telling = new Thread(() -> attempts.tells(Thread.currentThread()));
        telling.start();
        telling.join();
        assertThat(attempts.isOver()).as("it tells no more").isTrue();
        attempts.tells(Thread.currentThread());

        Thread connecting = new Thread(() -> attempts.next(0));
        connecting.start();
        connecting.join();
        assertThat(attempts.isOver()).as("it connects no more").isTrue();
    }

    /** What the library asks for between attempts. */
    private static final long PAUSE = 1000;

    private final VirtualRuntime time = new VirtualRuntime();
    private final Addresses addresses = new Addresses();
    private boolean urgent = true;
    private final Attempts attempts = new Attempts(addresses, time, () -> urgent);

    @BeforeEach
    void connectForTheFirstTime() {
        assertThat(isHurried()).as("the first of all has no pause to spare").isFalse();
        attempts.onConnected();
    }

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    /** Whether the next attempt is: without the pause between servers, and with the interrupt that ends the one after it. */
    private boolean isHurried() {
        addresses.pauses.clear();
        attempts.next(PAUSE);
        boolean hurried = Thread.interrupted();
        assertThat(addresses.pauses).containsExactly(hurried ? 0 : PAUSE);
        return hurried;
    }

    @Test
    void aLeaderConnectsAgainAtOnce() {
        assertThat(isHurried()).isTrue();
    }

    @Test
    void whoDoesNotLeadPauses() {
        urgent = false;
        assertThat(isHurried()).isFalse();
    }

    @Test
    void anAttemptAfterOneThatFailedPauses() {
        assertThat(isHurried()).isTrue();
        time.advance(Duration.ofMinutes(1));
        assertThat(isHurried()).isFalse();
    }

    @Test
    void aServerThatDropsWhatItTakesIsPressedTenTimesASecondAtMost() {
        assertThat(isHurried()).isTrue();
        attempts.onConnected();
        time.advance(Duration.ofMillis(99));
        assertThat(isHurried()).isFalse();
        attempts.onConnected();
        time.advance(Duration.ofMillis(1));
        assertThat(isHurried()).isTrue();
    }

    @Test
    void aLookForAnotherServerIsLeftAloneAndCostsNothing() {
        attempts.next(0);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(isHurried()).isTrue();
    }

    @Test
    void aHurriedAttemptBeganWhenItsAddressWasAskedFor() {
        attempts.next();
        time.advance(Duration.ofSeconds(3));
        assertThat(isHurried()).isTrue();
        time.advance(Duration.ofSeconds(1));
        attempts.onConnected();
        assertThat(attempts.next()).isEqualTo(time.now().plus(Duration.ofSeconds(-1)));
    }

    private static final class Addresses implements HostProvider {
        private final List<Long> pauses = new ArrayList<>();

        @Override
        public int size() {
            return 1;
        }

        @Override
        public InetSocketAddress next(long spinDelay) {
            pauses.add(spinDelay);
            return InetSocketAddress.createUnresolved("zk1", 2181);
        }

        @Override
        public void onConnected() {}

        @Override
        public boolean updateServerList(Collection<InetSocketAddress> servers, InetSocketAddress current) {
            return false;
        }
    }
}
