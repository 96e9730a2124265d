package dev.baton;

import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final LockBackend backend = InMemoryRegister.open();

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    /** A standby that would wait for 68 years if the leader died is no standby. */
    @Test
    void standbyBehindALeaseThatNeverEndsIsUnhealthyUntilTheHolderIsBlanked() {
        ElectionName name = ElectionName.parse("orders/reconciler");
        InMemoryRegister register = InMemoryRegister.on(BackendRuntime.start("memory", false));
        try (LockBackend own = new RegisterBackend(register, 0)) {
            LeaderRecord endless = new LeaderRecord(
                    "stranger", "", Duration.ofSeconds(Integer.MAX_VALUE), Instant.EPOCH, Instant.EPOCH, 1);
            Register.Entry stands =
                    register.write(name, null, endless).toCompletableFuture().join();
            LeaderElection standby = LeaderElection.on(own, name.toString())
                    .onStartedLeading(term -> {})
                    .start();
            await().atMost(PATIENCE).until(() -> !standby.health().healthy());
            assertThat(standby.health().detail())
                    .contains("gives \"stranger\" a lease of 2147483647s", "blank the record's holderIdentity");
            LeaderRecord blank = new LeaderRecord("", "", Duration.ofSeconds(1), Instant.EPOCH, Instant.EPOCH, 1);
            register.write(name, stands, blank).toCompletableFuture().join();
            await().atMost(PATIENCE).until(() -> standby.leadership().isPresent());
            await().atMost(PATIENCE).until(() -> standby.health().healthy());
        }
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
