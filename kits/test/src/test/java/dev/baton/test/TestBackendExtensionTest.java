package dev.baton.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.baton.LeaderElection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineTestKit;

class TestBackendExtensionTest {
    private static final List<TestBackend> GIVEN = new ArrayList<>();
    private static final List<String> TOLD = new ArrayList<>();

    @BeforeEach
    void forget() {
        GIVEN.clear();
        TOLD.clear();
    }

    private static void run(Class<?> tests, int count) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents()
                .assertStatistics(events -> events.succeeded(count).failed(0));
    }

    @Test
    void eachTestHasItsOwnFromConstructorToEnd() {
        run(Ordinary.class, 2);

        assertThat(GIVEN).hasSize(6);
        assertThat(GIVEN.subList(0, 3)).allMatch(backend -> backend == GIVEN.get(0));
        assertThat(GIVEN.subList(3, 6)).allMatch(backend -> backend == GIVEN.get(3));
        assertThat(GIVEN.get(0)).isNotSameAs(GIVEN.get(3));
    }

    @Test
    void backendAndItsElectionsAreClosedAtTheEndOfEachTest() {
        run(Ordinary.class, 2);

        assertThat(GIVEN).allMatch(backend -> backend.runtime().isClosed());
        assertThat(TOLD).containsExactly("CLOSED", "CLOSED");
    }

    @Test
    void oneFromBeforeAllIsSharedAndClosedAfterAll() {
        run(Sharing.class, 2);

        assertThat(GIVEN).hasSize(3).allMatch(backend -> backend == GIVEN.get(0));
        assertThat(TOLD).containsExactly("open", "open");
        assertThat(GIVEN.get(0).runtime().isClosed()).isTrue();
    }

    @ExtendWith(TestBackendExtension.class)
    static final class Ordinary {
        Ordinary(TestBackend backend) {
            GIVEN.add(backend);
        }

        @BeforeEach
        void prepare(TestBackend backend) {
            GIVEN.add(backend);
        }

        @Test
        void one(TestBackend backend) {
            lead(backend);
        }

        @Test
        void other(TestBackend backend) {
            lead(backend);
        }

        private static void lead(TestBackend backend) {
            GIVEN.add(backend);
            LeaderElection.on(backend, "orders/reconciler")
                    .onStartedLeading(term -> {})
                    .onStoppedLeading((term, why) -> TOLD.add(why.name()))
                    .start();
            backend.grant();
        }
    }

    @ExtendWith(TestBackendExtension.class)
    static final class Sharing {
        @BeforeAll
        static void prepare(TestBackend backend) {
            GIVEN.add(backend);
        }

        @Test
        void one(TestBackend backend) {
            look(backend);
        }

        @Test
        void other(TestBackend backend) {
            look(backend);
        }

        private static void look(TestBackend backend) {
            GIVEN.add(backend);
            TOLD.add(backend.runtime().isClosed() ? "closed" : "open");
        }
    }
}
