package dev.baton.benchmarks.zookeeper;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.ChildJvm;
import dev.baton.benchmarks.Sample;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/**
 * Failover after {@code kill -9} of the leader's JVM, from the kill to the standby's callback. The store promises no more
 * than to expire the dead session: its timeout after the last packet, rounded up to the next tick.
 */
final class Failover {
    /** The claim: this many of the server's round trips past the expiry, at most. */
    static final int ROUND_TRIPS = 10;

    private static final String ELECTION = "bench/failover";

    private Failover() {}

    /** Measures, prints, and answers whether the claim holds in every round. */
    static boolean run(String connectString, ElectionTiming timing, Duration tick, int rounds) throws Exception {
        long roundTrip = roundTrip(connectString);
        long bound = timing.leaseDuration().toNanos() + tick.toNanos() + ROUND_TRIPS * roundTrip;
        long[] nanos = new long[rounds];
        BlockingQueue<Long> elected = new ArrayBlockingQueue<>(1);
        try (ZooKeeperBackend backend =
                ZooKeeperBackend.builder(connectString).tickTime(tick).build()) {
            for (int i = 0; i < rounds; i++) {
                nanos[i] = round(connectString, timing, tick, backend, elected);
            }
        }
        Sample sample = new Sample("Baton, kill -9", nanos);
        boolean kept = Arrays.stream(nanos).allMatch(n -> n <= bound);
        System.out.println("Crash failover on ZooKeeper, " + timing + ", tick " + ElectionTiming.text(tick));
        System.out.println("  " + sample);
        System.out.printf(
                Locale.ROOT,
                "  at most timeout + tick + %d round trips of %.2f ms = %.2f ms: %s%n",
                ROUND_TRIPS,
                roundTrip / 1e6,
                bound / 1e6,
                kept ? "kept" : "BROKEN");
        return kept;
    }

    private static long round(
            String connectString,
            ElectionTiming timing,
            Duration tick,
            ZooKeeperBackend backend,
            BlockingQueue<Long> elected)
            throws Exception {
        try (ChildJvm victim = ChildJvm.start(
                Victim.class,
                64,
                connectString,
                timing.leaseDuration(),
                timing.renewDeadline(),
                timing.retryPeriod(),
                tick)) {
            victim.await("leading");
            try (LeaderElection standby = LeaderElection.on(backend, ELECTION)
                    .timing(timing)
                    .onStartedLeading(term -> elected.add(System.nanoTime()))
                    .start()) {
                while (standby.currentLeader().isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                // In line and watching: one more round trip.
                TimeUnit.MILLISECONDS.sleep(50);
                long killed = System.nanoTime();
                victim.kill();
                Long at = elected.poll(1, TimeUnit.MINUTES);
                if (at == null) {
                    throw new IllegalStateException("nobody was elected within a minute of the kill");
                }
                return at - killed;
            }
        }
    }

    /** The median time of a write, on a connection of its own. */
    private static long roundTrip(String connectString) throws Exception {
        try (CuratorFramework probe =
                CuratorFrameworkFactory.newClient(connectString, 30_000, 10_000, new RetryOneTime(100))) {
            probe.start();
            probe.create().orSetData().forPath("/round-trip");
            long[] nanos = new long[101];
            for (int i = 0; i < nanos.length; i++) {
                long begun = System.nanoTime();
                probe.setData().forPath("/round-trip");
                nanos[i] = System.nanoTime() - begun;
            }
            return (long) new Sample("round trip", nanos).median();
        }
    }

    /** The candidate that is killed while it leads. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            ElectionTiming timing =
                    ElectionTiming.of(Duration.parse(args[1]), Duration.parse(args[2]), Duration.parse(args[3]));
            ZooKeeperBackend backend = ZooKeeperBackend.builder(args[0])
                    .tickTime(Duration.parse(args[4]))
                    .build();
            LeaderElection election = LeaderElection.on(backend, ELECTION)
                    .timing(timing)
                    .onStartedLeading(term -> System.out.println("leading"))
                    .start();
            new CountDownLatch(1).await();
            election.close();
        }
    }
}
