package dev.baton.benchmarks.zookeeper;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.Sample;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.utils.CloseableUtils;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Somebody ends the leader's session: for how long the deposed leader still claims to lead beside its successor, Baton's and
 * Curator's LeaderLatch in turn. Whoever ends the session attaches to it first, so that the servers close the leader's
 * connection, and nothing tells the leader why. LeaderLatch stops leading as soon as the connection is lost; Baton first asks
 * whether the session lives, since a term does not end by a mere reconnect.
 */
final class EndedSession {
    /** What servers make a session's password of. */
    private static final long SECRET = 0xB3415C00L;

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int SEQUENCE_DIGITS = 10;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private EndedSession() {}

    /** Measures, prints, and answers whether the claim holds: at most one connection and its answer longer than LeaderLatch. */
    static boolean run(String connectString, ElectionTiming timing, int rounds) throws Exception {
        long[] ours = new long[rounds];
        long[] theirs = new long[rounds];
        long[] askings = new long[rounds];
        try (Pair baton = Pair.ofBaton(connectString, timing);
                Pair latch = Pair.ofLatches(connectString, timing)) {
            for (int i = -1; i < rounds; i++) {
                // Who goes first alternates, so that neither always follows the other.
                long first = i % 2 == 0 ? baton.overlap() : latch.overlap();
                long second = i % 2 == 0 ? latch.overlap() : baton.overlap();
                long asked = asking(connectString);
                if (i >= 0) {
                    askings[i] = asked;
                    ours[i] = i % 2 == 0 ? first : second;
                    theirs[i] = i % 2 == 0 ? second : first;
                }
            }
        }
        Sample our = new Sample("Baton", ours);
        Sample their = new Sample("Curator LeaderLatch", theirs);
        Sample asking = new Sample("asking for a session", askings);
        double more = our.median() - their.median();
        boolean kept = more <= asking.median();
        int servers = connectString.split(",", -1).length;
        System.out.println("Two claim to lead after somebody ended the leader's session, ZooKeeper of " + servers + ", "
                + timing + ", interleaved");
        List.of(our, their, asking).forEach(sample -> System.out.println("  " + sample));
        System.out.printf(
                Locale.ROOT,
                "  medians %.2f ms apart, at most one asking, %.2f ms: %s%n",
                more / 1e6,
                asking.median() / 1e6,
                kept ? "kept" : "BROKEN");
        return kept;
    }

    /** How long ZooKeeper's client library takes to connect and to be told that there is no such session. */
    private static long asking(String connectString) throws Exception {
        long begun = System.nanoTime();
        CompletableFuture<Long> told = new CompletableFuture<>();
        ZooKeeper stranger = new ZooKeeper(
                connectString, TIMEOUT_MILLIS, event -> told.complete(System.nanoTime()), 1, new byte[2 * Long.BYTES]);
        long nanos = told.get(1, TimeUnit.MINUTES) - begun;
        stranger.close();
        return nanos;
    }

    /** One that leads or stands by. */
    private record Contender(BooleanSupplier leads, Runnable end) {}

    /** Two candidates of one kind, of whom one leads. */
    private static final class Pair implements AutoCloseable {
        private final String connectString;
        private final String path;
        private final CuratorFramework probe;
        private final Contender one;
        private final Contender two;

        private Pair(String connectString, String path, Contender one, Contender two) {
            this.connectString = connectString;
            this.path = path;
            this.one = one;
            this.two = two;
            this.probe = CuratorFrameworkFactory.newClient(connectString, new RetryOneTime(100));
            probe.start();
        }

        static Pair ofBaton(String connectString, ElectionTiming timing) {
            return new Pair(
                    connectString, "/baton/bench/ended", baton(connectString, timing), baton(connectString, timing));
        }

        private static Contender baton(String connectString, ElectionTiming timing) {
            ZooKeeperBackend backend = ZooKeeperBackend.connect(connectString);
            LeaderElection election = LeaderElection.on(backend, "bench/ended")
                    .timing(timing)
                    .onStartedLeading(term -> {})
                    .start();
            return new Contender(() -> election.leadership().isPresent(), () -> {
                election.close();
                backend.close();
            });
        }

        static Pair ofLatches(String connectString, ElectionTiming timing) throws Exception {
            String path = "/curator/bench/ended";
            return new Pair(
                    connectString, path, latch(connectString, timing, path), latch(connectString, timing, path));
        }

        private static Contender latch(String connectString, ElectionTiming timing, String path) throws Exception {
            int timeout = (int) timing.leaseDuration().toMillis();
            CuratorFramework client =
                    CuratorFrameworkFactory.newClient(connectString, timeout, timeout, new RetryOneTime(100));
            client.start();
            LeaderLatch latch = new LeaderLatch(client, path);
            latch.start();
            return new Contender(latch::hasLeadership, () -> {
                CloseableUtils.closeQuietly(latch);
                client.close();
            });
        }

        /** Ends the leader's session; answers for how long both claimed to lead, negative when nobody did in between. */
        long overlap() throws Exception {
            until(() -> one.leads().getAsBoolean() != two.leads().getAsBoolean());
            awaitLine();
            boolean oneLeads = one.leads().getAsBoolean();
            Contender leader = oneLeads ? one : two;
            Contender standby = oneLeads ? two : one;
            CompletableFuture<Long> succeeded = CompletableFuture.supplyAsync(() -> until(standby.leads()));
            CompletableFuture<Long> deposed = CompletableFuture.supplyAsync(
                    () -> until(() -> !leader.leads().getAsBoolean()));
            endFirstSession();
            return deposed.get() - succeeded.get();
        }

        private void awaitLine() throws Exception {
            while (probe.checkExists().forPath(path) == null
                    || probe.getChildren().forPath(path).size() != 2) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            // The last in line still has to set its watch: one more round trip of its connection.
            TimeUnit.MILLISECONDS.sleep(50);
        }

        /** Again, where the owner attached anew between the two steps. */
        private void endFirstSession() throws Exception {
            String first = probe.getChildren().forPath(path).stream()
                    .min((a, b) -> sequence(a).compareTo(sequence(b)))
                    .orElseThrow();
            String node = path + "/" + first;
            for (Stat stat = probe.checkExists().forPath(node);
                    stat != null;
                    stat = probe.checkExists().forPath(node)) {
                attachAndClose(stat.getEphemeralOwner());
            }
        }

        private static String sequence(String name) {
            return name.substring(name.length() - SEQUENCE_DIGITS);
        }

        private void attachAndClose(long session) throws Exception {
            byte[] password = new byte[2 * Long.BYTES];
            new Random(session ^ SECRET).nextBytes(password);
            CompletableFuture<Object> attached = new CompletableFuture<>();
            ZooKeeper second = new ZooKeeper(
                    connectString, TIMEOUT_MILLIS, event -> attached.complete(event.getState()), session, password);
            attached.get(1, TimeUnit.MINUTES);
            second.close();
        }

        /** When that was. */
        private static long until(BooleanSupplier condition) {
            long begun = System.nanoTime();
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - begun > PATIENCE_NANOS) {
                    throw new IllegalStateException("waited for a minute");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1) / 2);
            }
            return System.nanoTime();
        }

        @Override
        public void close() {
            one.end().run();
            two.end().run();
            probe.close();
        }
    }
}
