package dev.baton.zookeeper;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.jspecify.annotations.Nullable;

/** A ZooKeeper server, backends on it, and a plain client that looks at what they leave there. */
final class Stage {
    static final Duration TICK = Duration.ofMillis(500);
    static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(200));
    /** For what is not about the end of a session: a busy machine keeps it, as long a one as the server gives. */
    static final ElectionTiming PATIENT =
            ElectionTiming.of(TICK.multipliedBy(20), Duration.ofMillis(6500), Duration.ofMillis(200));

    static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");
    /** Of a call that is to succeed, on the busiest machine too. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    static final String PATH = "/baton/orders/reconciler";

    final TestingServer server;
    final CuratorFramework client;
    private final List<AutoCloseable> open = new ArrayList<>();

    Stage() throws Exception {
        server = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, (int) TICK.toMillis(), -1), true);
        client = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(10));
        client.start();
        open.add(server);
        open.add(client);
    }

    ZooKeeperBackend backend() {
        return backend(builder -> builder);
    }

    ZooKeeperBackend backend(UnaryOperator<ZooKeeperBackend.Builder> settings) {
        ZooKeeperBackend backend = settings.apply(ZooKeeperBackend.builder(server.getConnectString())
                        .tickTime(TICK)
                        .shutdownHook(false))
                .build();
        open.add(backend);
        return backend;
    }

    /** Closed, in reverse order, with the rest. */
    void closeLater(AutoCloseable closeable) {
        open.add(closeable);
    }

    List<String> children() throws Exception {
        return client.checkExists().forPath(PATH) == null
                ? List.of()
                : client.getChildren().forPath(PATH);
    }

    static Claim claim(String identity) {
        return claim(ELECTION, identity);
    }

    static Claim claim(ElectionName election, String identity) {
        return claim(election, identity, TIMING);
    }

    static Claim claim(ElectionName election, String identity, ElectionTiming timing) {
        return new Claim(election, identity, UUID.randomUUID().toString(), timing);
    }

    static Moment in(ZooKeeperBackend backend, Duration duration) {
        return backend.runtime().timekeeper().now().plus(duration);
    }

    static Answer acquire(ZooKeeperBackend backend, Claim claim) throws Exception {
        return get(backend.acquire(claim, in(backend, ANSWER)));
    }

    static Answer.Granted lead(ZooKeeperBackend backend, Claim claim) throws Exception {
        return granted(acquire(backend, claim));
    }

    static Answer renew(ZooKeeperBackend backend, Claim claim) throws Exception {
        return get(backend.renew(claim, in(backend, ANSWER)));
    }

    static void withdraw(ZooKeeperBackend backend, Claim claim) throws Exception {
        get(backend.withdraw(claim, in(backend, ANSWER)));
    }

    static Answer.Granted granted(Answer answer) {
        if (answer instanceof Answer.Granted granted) {
            return granted;
        }
        throw new AssertionError("expected Granted, was " + answer);
    }

    static Answer.Refused refused(Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            return refused;
        }
        throw new AssertionError("expected Refused, was " + answer);
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    void close() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
    }

    /** Writes down what it hears. */
    static final class Heard implements ElectionWatcher {
        final List<String> all = new CopyOnWriteArrayList<>();
        private volatile @Nullable Consumer<Claim> onTurn;

        /** Also does this when told that it is a claim's turn. */
        Heard onTurn(Consumer<Claim> action) {
            onTurn = action;
            return this;
        }

        @Override
        public void watching(boolean live) {
            all.add("watching " + live);
        }

        @Override
        public void held(Holder holder, Chance chance) {
            all.add("held " + holder.identity());
        }

        @Override
        public void vacant() {
            all.add("vacant");
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            all.add("turn " + claim.identity() + (granted == null ? "" : " granted"));
            Consumer<Claim> action = onTurn;
            if (action != null) {
                action.accept(claim);
            }
        }

        @Override
        public void lost(Claim claim, String how) {
            all.add("lost " + claim.identity() + ": " + how);
        }

        boolean heard(String start) {
            return all.stream().anyMatch(event -> event.startsWith(start));
        }

        long count(String start) {
            return all.stream().filter(event -> event.startsWith(start)).count();
        }
    }
}
