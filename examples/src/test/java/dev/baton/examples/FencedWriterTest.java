package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.LeaderElection;
import dev.baton.examples.FencedWriter.Ledger;
import dev.baton.spi.FencingToken;
import dev.baton.test.TestBackend;
import dev.baton.test.TestBackendExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestBackendExtension.class)
class FencedWriterTest {
    private final Ledger ledger = new Ledger();

    @Test
    void leaderWritesUntilItIsClosed(TestBackend backend) {
        LeaderElection election = new FencedWriter(ledger).contend(backend);
        backend.grant();
        assertThat(ledger.entries()).startsWith("entry 1");

        election.close();

        assertThat(election.leadership()).isEmpty();
        assertThatNoFurtherEntryIsWritten(backend);
    }

    @Test
    void deposedLeaderWritesNoMoreAndBeginsAgainWithItsNextTerm(TestBackend backend) {
        new FencedWriter(ledger).contend(backend);
        backend.grant();
        backend.expire();
        assertThatNoFurtherEntryIsWritten(backend);

        List<String> before = ledger.entries();
        backend.grant();

        assertThat(ledger.entries().subList(before.size(), ledger.entries().size()))
                .startsWith("entry 1");
    }

    private void assertThatNoFurtherEntryIsWritten(TestBackend backend) {
        List<String> before = ledger.entries();
        backend.advance(Duration.ofMinutes(1));
        assertThat(ledger.entries()).isEqualTo(before);
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
