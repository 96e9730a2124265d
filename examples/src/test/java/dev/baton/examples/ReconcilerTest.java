package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.examples.FencedWriter.Ledger;
import dev.baton.test.TestBackend;
import dev.baton.test.TestBackendExtension;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestBackendExtension.class)
class ReconcilerTest {
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final Ledger ledger = new Ledger();

    @BeforeEach
    void start(TestBackend backend) {
        new Reconciler(backend, orders, ledger);
    }

    // begin: docs/testing.md
    @Test
    void reconcilesOnlyWhileItLeads(TestBackend backend) {
        orders.add("first");
        assertThat(ledger.entries()).isEmpty();

        backend.grant();
        assertThat(ledger.entries()).containsExactly("first");

        backend.revoke();
        orders.add("second");
        assertThat(ledger.entries()).containsExactly("first");
    }
    // end: docs/testing.md

    // begin: docs/testing.md
    @Test
    void goesOnWhileTheStoreIsDownUntilItsTermExpires(TestBackend backend) {
        backend.grant();
        backend.unreachable();
        backend.advance(Duration.ofSeconds(9));
        orders.add("in time");
        backend.advance(Duration.ofSeconds(1));
        orders.add("too late");
        assertThat(ledger.entries()).containsExactly("in time");

        backend.reachable();
        backend.grant();
        assertThat(ledger.entries()).containsExactly("in time", "too late");
    }
    // end: docs/testing.md

    // begin: docs/testing.md
    @Test
    void ledgerRefusesOneThatDoesNotKnowItWasDeposed(TestBackend backend) {
        var mine = backend.grant();
        backend.unreachable();
        var others = backend.revoke();
        ledger.append(others, "the successor's");

        assertThatIllegalStateException().isThrownBy(() -> ledger.append(mine, "late"));
    }
    // end: docs/testing.md
}
