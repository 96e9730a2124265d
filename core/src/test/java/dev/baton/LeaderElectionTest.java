package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.register.InMemoryRegister;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private final LockBackend backend = InMemoryRegister.open();

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    @Test
    void standbyLeadsAfterTheLeaderSteppedDown() {
        List<FencingToken> tokens = new CopyOnWriteArrayList<>();
        LeaderElection first = LeaderElection.on(backend, "orders/reconciler")
                .identity("first")
                .onStartedLeading(term -> tokens.add(term.fencingToken()))
                .start();
        await().until(() -> first.leadership().isPresent());
        LeaderElection second = LeaderElection.on(backend, "orders/reconciler")
                .identity("second")
                .onStartedLeading(term -> tokens.add(term.fencingToken()))
                .start();
        await().until(() -> second.currentLeader().isPresent());

        first.stepDown();

        await().until(() -> second.leadership().isPresent());
        assertThat(first.leadership()).isEmpty();
        assertThat(tokens).hasSize(2);
        assertThat(tokens.get(1)).isGreaterThan(tokens.get(0));
    }
}
