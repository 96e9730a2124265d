package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.fixture.Samples;
import dev.baton.fixture.Sneaky;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.helpers.NOPLogger;

/** A session that could not start is made again by the next call, whatever was thrown. */
class SessionCallsTest {
    private final VirtualTime time = new VirtualTime(1);
    private @Nullable Throwable failure;
    private int made;

    private final SessionCalls calls = new SessionCalls(
            new VirtualRuntime(time),
            new InlineSerialExecutor(time, NOPLogger.NOP_LOGGER),
            what -> new BackendException("did not answer in time to " + what),
            () -> new BackendException("closed"),
            timing -> {
                made++;
                return new Failing();
            });

    static Stream<Throwable> anything() {
        return Stream.of(new IllegalStateException("its own"), new Exception("sneaked"), new InternalError("said"));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void theNextCallMakesAnother(Throwable thrown) {
        Claim claim = new Claim(Samples.ELECTION, "one", "nonce-x", Samples.TIMING);
        failure = thrown;
        assertThatThrownBy(() -> calls.acquire(claim, time.now().plus(Duration.ofSeconds(5))))
                .isSameAs(thrown);
        failure = null;
        calls.acquire(claim, time.now().plus(Duration.ofSeconds(5)));
        assertThat(made).isEqualTo(2);
    }

    /** Starts, or throws. */
    private final class Failing implements ElectionSession {
        @Override
        public void start() {
            if (failure != null) {
                throw Sneaky.<RuntimeException>thrown(failure);
            }
        }

        @Override
        public Queued queued(Claim claim) {
            throw new AssertionError("the executor does not run");
        }

        @Override
        public @Nullable Queued find(Claim claim) {
            return null;
        }

        @Override
        public void observe(ElectionName election, ElectionWatcher watcher) {}

        @Override
        public void unobserve(ElectionName election, ElectionWatcher watcher) {}

        @Override
        public void close() {}
    }
}
