package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.LeaderElection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands in an address besides a name and a port, on a real server. */
class AddressIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Stage stage;
    private final Logger logger = (Logger) LoggerFactory.getLogger(ZooKeeperBackend.class);
    private final @Nullable Level level = logger.getLevel();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
        }
    };

    AddressIT() throws Exception {
        stage = new Stage();
        appender.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(appender);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(appender);
        logger.setLevel(level);
        stage.close();
    }

    private LeaderElection candidate(String address) {
        ZooKeeperBackend backend = ZooKeeperBackend.builder(address)
                .tickTime(Stage.TICK)
                .shutdownHook(false)
                .build();
        stage.closeLater(backend);
        return LeaderElection.on(backend, Stage.ELECTION.toString())
                .timing(Stage.TIMING)
                .onStartedLeading(term -> {})
                .start();
    }

    @Test
    void chrootThatDoesNotExistIsNamedInHealthAndInTheLogUntilItIsMade() throws Exception {
        String address = stage.server.getConnectString() + "/apps/eu";
        LeaderElection candidate = candidate(address);
        String sentence =
                "ZooKeeper at " + address + " has no node /apps/eu, the chroot at the end of this address; create it"
                        + " in zkCli.sh with: create /apps/eu; or correct the address";
        await().atMost(PATIENCE).until(() -> candidate.health().detail().equals(sentence));
        assertThat(candidate.health().healthy()).isFalse();
        await().atMost(PATIENCE).until(() -> said.contains(sentence));

        stage.client.create().creatingParentsIfNeeded().forPath("/apps/eu");
        await().atMost(PATIENCE).until(() -> candidate.leadership().isPresent());
        await().atMost(PATIENCE).until(() -> candidate.health().healthy());
        assertThat(stage.client.getChildren().forPath("/apps/eu" + Stage.PATH)).hasSize(1);
    }

    @Test
    void anAddressOfIpv6LeadsToTheServer() {
        LeaderElection candidate = candidate("[::1]:" + stage.server.getPort());
        await().atMost(PATIENCE).until(() -> candidate.leadership().isPresent());
    }
}
