package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.StartedLeading;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A backend closed under its leaders takes their terms with it, before its session goes. */
class CloseIT {
    private static final String ELECTION = "orders/reconciler";

    private final History history = new History();
    private final CompletableFuture<Leadership> led = new CompletableFuture<>();
    private final TestingServer server;
    private final ZooKeeperBackend leading;
    private final ZooKeeperBackend waiting;

    CloseIT() throws Exception {
        server = new TestingServer();
        leading = ZooKeeperBackend.connect(server.getConnectString());
        waiting = ZooKeeperBackend.connect(server.getConnectString());
    }

    @AfterEach
    void close() throws Exception {
        leading.close();
        waiting.close();
        server.close();
    }

    private LeaderElection candidate(ZooKeeperBackend backend, StartedLeading work) {
        return LeaderElection.on(backend, ELECTION)
                .events(history)
                .onStartedLeading(work)
                .start();
    }

    private LeaderElection standby() {
        LeaderElection standby = candidate(waiting, term -> {});
        await().until(() -> standby.currentLeader().isPresent());
        return standby;
    }

    private void assertHandedOver(LeaderElection standby) {
        Leadership successor =
                await().until(standby::leadership, Optional::isPresent).orElseThrow();
        assertThat(successor.isValid()).isTrue();
        assertThat(led.join().isValid()).isFalse();
    }

    @Test
    void closeByAnInterruptedThreadLeavesNoValidTermBehind() {
        candidate(leading, led::complete);
        led.join();
        LeaderElection standby = standby();

        Thread.currentThread().interrupt();
        leading.close();

        assertThat(Thread.interrupted()).isTrue();
        assertHandedOver(standby);
        history.assertSafe(2);
    }

    @Test
    void closeFromOnesOwnCallbackLeavesNoValidTermBehind() {
        CountDownLatch go = new CountDownLatch(1);
        candidate(leading, term -> {
            led.complete(term);
            go.await();
            leading.close();
        });
        led.join();
        LeaderElection standby = standby();

        go.countDown();

        assertHandedOver(standby);
        history.assertSafe(2);
    }

    /** A sink must not block, and a close waits: its own loop cannot tell the last event any more. */
    @Test
    void closeOnAnEventSinkLeavesNoValidTermBehind() {
        CountDownLatch go = new CountDownLatch(1);
        LeaderElection election = LeaderElection.on(leading, ELECTION)
                .events(history)
                .events(event -> {
                    if (go.getCount() == 0) {
                        leading.close();
                    }
                })
                .onStartedLeading(led::complete)
                .start();
        led.join();
        LeaderElection standby = standby();

        go.countDown();
        election.pause();

        assertHandedOver(standby);
    }
}
