package dev.baton.etcd;

import static org.awaitility.Awaitility.await;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.EtcdCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An etcd cluster, backends on it, and etcdctl to look at what they leave there. */
final class Stage {
    static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(200));

    private static final AtomicInteger NAMES = new AtomicInteger();

    final EtcdCluster cluster;
    private final List<AutoCloseable> open = new ArrayList<>();

    Stage(int members) throws IOException {
        cluster = EtcdCluster.builder().members(members).start();
    }

    /** An election that nobody else has used. */
    static ElectionName election() {
        return ElectionName.parse("orders/reconciler-" + NAMES.incrementAndGet());
    }

    static String prefix(ElectionName election) {
        return "/baton/" + election + "/";
    }

    EtcdBackend backend() {
        return backend(builder -> builder);
    }

    EtcdBackend backend(UnaryOperator<EtcdBackend.Builder> settings) {
        return backendAt(cluster.endpoints(), settings);
    }

    EtcdBackend backendAt(String endpoints, UnaryOperator<EtcdBackend.Builder> settings) {
        EtcdBackend backend = settings.apply(EtcdBackend.builder(endpoints).shutdownHook(false))
                .build();
        closeLater(backend);
        return backend;
    }

    /** Leads once, so that no test waits until jetcd, gRPC and Netty have been loaded, seconds on a busy machine. */
    void warmUp() throws Exception {
        try (EtcdBackend backend = backend()) {
            leadInTheEnd(backend, claim(election(), "first"));
        }
    }

    /** Asks until it is granted, as an election does. */
    static void leadInTheEnd(EtcdBackend backend, Claim claim) throws Exception {
        await().atMost(2, TimeUnit.MINUTES)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> lead(backend, claim), Objects::nonNull);
    }

    /** Closed, in reverse order, with the rest. */
    void closeLater(AutoCloseable closeable) {
        open.add(closeable);
    }

    /** The keys below {@code prefix}. */
    List<String> keys(String prefix) {
        return cluster.etcdctl("get", "--prefix", "--keys-only", prefix)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    long leases() {
        return cluster.etcdctl("lease", "list")
                .lines()
                .filter(line -> line.matches("[0-9a-f]{8,16}"))
                .count();
    }

    static Claim claim(ElectionName election, String identity) {
        return new Claim(election, identity, UUID.randomUUID().toString(), TIMING);
    }

    static Moment in(EtcdBackend backend, Duration duration) {
        return backend.runtime().timekeeper().now().plus(duration);
    }

    static Answer acquire(EtcdBackend backend, Claim claim) throws Exception {
        return get(backend.acquire(claim, in(backend, Duration.ofSeconds(5))));
    }

    static Answer.Granted lead(EtcdBackend backend, Claim claim) throws Exception {
        return granted(acquire(backend, claim));
    }

    static Answer renew(EtcdBackend backend, Claim claim) throws Exception {
        return get(backend.renew(claim, in(backend, Duration.ofSeconds(5))));
    }

    static void withdraw(EtcdBackend backend, Claim claim) throws Exception {
        get(backend.withdraw(claim, in(backend, Duration.ofSeconds(5))));
    }

    /** Why {@code stage} failed, in the words that an operator reads. */
    static String failure(CompletionStage<?> stage) throws Exception {
        try {
            throw new AssertionError("expected a failure, was " + get(stage));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackendException failed) {
                return String.valueOf(failed.getMessage());
            }
            throw e;
        }
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

    /** Closes all that was opened since, in reverse order, but not the cluster. */
    void closeWhatIsOpen() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.remove(last).close();
        }
    }

    void close() throws Exception {
        closeWhatIsOpen();
        cluster.close();
    }

    /** Writes down what it hears. */
    static final class Heard implements ElectionWatcher {
        final List<String> all = new CopyOnWriteArrayList<>();
        final List<Holder> holders = new CopyOnWriteArrayList<>();
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
            holders.add(holder);
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
