package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.fixture.Sneaky;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.helpers.NOPLogger;

/** Whatever one observer throws, the others receive the news. */
class ObserversTest {
    private static final ElectionName ELECTION = new ElectionName("orders", "reconciler");

    static Stream<Throwable> anything() {
        return Stream.of(new IllegalStateException("its own"), new Exception("sneaked"), new InternalError("said"));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void theOthersHear(Throwable thrown) {
        Observers observers = new Observers(NOPLogger.NOP_LOGGER);
        List<String> heard = new ArrayList<>();
        ElectionWatcher one = new Deaf();
        ElectionWatcher other = new Deaf();
        observers.add(ELECTION, one);
        observers.add(ELECTION, other);
        observers.tell(ELECTION, watcher -> {
            if (watcher == one) {
                throw Sneaky.<RuntimeException>thrown(thrown);
            }
            heard.add("the other");
        });
        assertThat(heard).containsExactly("the other");
    }

    /** Does nothing. */
    private static final class Deaf implements ElectionWatcher {
        @Override
        public void watching(boolean live) {}

        @Override
        public void held(Holder holder, Chance chance) {}

        @Override
        public void vacant() {}

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {}

        @Override
        public void lost(Claim claim, String how) {}
    }
}
