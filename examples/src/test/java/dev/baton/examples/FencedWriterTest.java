package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.examples.FencedWriter.Ledger;
import dev.baton.register.InMemoryRegister;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import org.junit.jupiter.api.Test;

class FencedWriterTest {
    private final Ledger ledger = new Ledger();

    @Test
    void leaderWritesUntilItIsClosed() {
        try (LockBackend backend = InMemoryRegister.open()) {
            LeaderElection election = new FencedWriter(ledger).contend(backend);
            await().until(() -> !ledger.entries().isEmpty());

            election.close();

            assertThat(election.leadership()).isEmpty();
            assertThat(ledger.entries()).startsWith("entry 1");
        }
    }

    @Test
    void ledgerRefusesALeaderThatDoesNotKnowItWasDeposed() {
        FencingToken deposed = new FencingToken(0, 41);
        FencingToken successor = new FencingToken(0, 42);
        ledger.append(deposed, "first");
        ledger.append(successor, "second");

        assertThatThrownBy(() -> ledger.append(deposed, "late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(successor.toString());
        ledger.append(successor, "third");

        assertThat(ledger.entries()).containsExactly("first", "second", "third");
    }
}
