package dev.baton.etcd;

import static dev.baton.etcd.Stage.failure;
import static dev.baton.etcd.Stage.in;
import static dev.baton.etcd.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Names that nest, and leases shorter than servers grant: one clear sentence each, on a real server. */
class NamesAndTimesIT {
    private static final Duration PATIENCE = Waits.LIMIT;

    /** Of all backends in this JVM, on whatever thread. */
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.WARN) {
                warnings.add(event.getFormattedMessage());
            }
        }
    };
    private final Logger log = (Logger) LoggerFactory.getLogger(EtcdBackend.class);
    private final @Nullable Level level = log.getLevel();
    private final Stage stage;

    NamesAndTimesIT() throws IOException {
        stage = new Stage(1);
    }

    @BeforeEach
    void listen() {
        appender.start();
        log.addAppender(appender);
        // The tests' own configuration lets nothing of a backend's through.
        log.setLevel(Level.WARN);
    }

    @AfterEach
    void close() throws Exception {
        log.setLevel(level);
        log.detachAppender(appender);
        stage.close();
    }

    @Test
    void namesOfOursCannotNest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ElectionName.parse("orders/reconciler/eu"))
                .withMessageContaining("orders/reconciler/eu")
                .withMessageContaining("namespace/name");
    }

    @Test
    void anElectionBelowWhoseNameAnotherClientStandsNamesTheKey() throws Exception {
        ElectionName election = Stage.election();
        String nested = Stage.prefix(election) + "eu/694d77aa9e38260f";
        EtcdBackend backend = stage.backend();
        Claim first = Stage.claim(election, "first");
        Stage.leadInTheEnd(backend, first);
        stage.cluster.etcdctl("put", nested, "another");
        String sentence = "the key " + nested + " belongs to an election whose name begins with that of " + election
                + ", and each would count the other's candidates as its own; rename one of them";
        await().untilAsserted(() -> assertThat(warnings).contains(sentence));

        Stage.withdraw(backend, first);

        assertThat(failure(backend.acquire(Stage.claim(election, "second"), in(backend, PATIENCE))))
                .isEqualTo(sentence);
    }

    @Test
    void aLeaseShorterThanServersGrantIsLongerAndTheLogSaysSo() throws Exception {
        ElectionTiming hasty = ElectionTiming.of(Duration.ofSeconds(1), Duration.ofMillis(700), Duration.ofMillis(200));
        EtcdBackend backend = stage.backend();
        stage.warmUp();
        Claim claim = new Claim(Stage.election(), "hasty", UUID.randomUUID().toString(), hasty);

        Answer answer = Stage.get(backend.acquire(claim, in(backend, PATIENCE)));

        assertThat(Stage.granted(answer).guaranteedFor()).isEqualTo(Duration.ofSeconds(2));
        assertThat(warnings)
                .contains("etcd at " + stage.cluster.endpoints()
                        + " grants no lease shorter than 2s, so elections with leaseDuration 1s fail over after 2s;"
                        + " raise leaseDuration to that, or lower the servers' election-timeout");
    }
}
