package dev.baton.benchmarks.zookeeper;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.Sample;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.utils.CloseableUtils;

/**
 * Graceful hand-over on ZooKeeper, from the leader's close to the other candidate's callback: Baton and Curator's
 * LeaderLatch in turn, on the same server, each with two sessions of the same timeout.
 */
final class Handover {
    /** The claim: the upper 95 % bound of the ratio of medians is at most this. */
    static final double MOST = 1.25;

    private static final int WARM_UP = 20;
    private static final long PATIENCE_SECONDS = 30;

    private Handover() {}

    /** Measures, prints, and answers whether the claim holds. */
    static boolean run(String connectString, ElectionTiming timing, int rounds) throws Exception {
        long[] ours = new long[rounds];
        long[] theirs = new long[rounds];
        try (Contestant baton = new Baton(connectString, timing);
                Contestant curator = new Latch(connectString, timing)) {
            for (int i = -WARM_UP; i < rounds; i++) {
                // Who goes first alternates, so that neither always follows the other.
                long first = i % 2 == 0 ? baton.handOver() : curator.handOver();
                long second = i % 2 == 0 ? curator.handOver() : baton.handOver();
                if (i >= 0) {
                    ours[i] = i % 2 == 0 ? first : second;
                    theirs[i] = i % 2 == 0 ? second : first;
                }
            }
        }
        Sample our = new Sample("Baton", ours);
        Sample their = new Sample("Curator LeaderLatch", theirs);
        double bound = our.ratioUpperBound(their);
        System.out.println("Graceful hand-over on ZooKeeper, " + timing + ", interleaved");
        System.out.println("  " + our);
        System.out.println("  " + their);
        System.out.printf(
                Locale.ROOT,
                "  ratio of medians %.3f, upper 95 %% bound %.3f, at most %.2f: %s%n",
                our.median() / their.median(),
                bound,
                MOST,
                bound <= MOST ? "kept" : "BROKEN");
        return bound <= MOST;
    }

    /** Two candidates of one kind, one leading and the other in line behind it. */
    private abstract static class Contestant implements AutoCloseable {
        final BlockingQueue<Long> elected = new ArrayBlockingQueue<>(4);
        final CuratorFramework probe;
        final String path;

        Contestant(String connectString, ElectionTiming timing, String path) {
            this.probe = client(connectString, timing);
            this.path = path;
        }

        @Override
        public abstract void close();

        /** The leader leaves; answers how long it took until the other was told; restores the line. */
        abstract long handOver() throws Exception;

        long awaitElected() throws InterruptedException {
            Long at = elected.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (at == null) {
                throw new IllegalStateException("nobody was elected on " + path + " within 30 s");
            }
            return at;
        }

        void awaitLine(int length) throws Exception {
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (probe.checkExists().forPath(path) == null
                    || probe.getChildren().forPath(path).size() != length) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new IllegalStateException("the line of " + path + " did not reach " + length);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
            // The last in line still has to set its watch: one more round trip of its connection.
            TimeUnit.MILLISECONDS.sleep(5);
        }

        static CuratorFramework client(String connectString, ElectionTiming timing) {
            int timeout = (int) timing.leaseDuration().toMillis();
            CuratorFramework client =
                    CuratorFrameworkFactory.newClient(connectString, timeout, timeout, new RetryOneTime(100));
            client.start();
            return client;
        }
    }

    private static final class Baton extends Contestant {
        private final ElectionTiming timing;
        private ZooKeeperBackend leading;
        private ZooKeeperBackend waiting;
        private LeaderElection leader;
        private LeaderElection standby;

        Baton(String connectString, ElectionTiming timing) throws Exception {
            super(connectString, timing, "/baton/bench/handover");
            this.timing = timing;
            leading = ZooKeeperBackend.connect(connectString);
            waiting = ZooKeeperBackend.connect(connectString);
            leader = join(leading);
            awaitElected();
            standby = join(waiting);
            awaitLine(2);
        }

        private LeaderElection join(ZooKeeperBackend backend) {
            return LeaderElection.on(backend, "bench/handover")
                    .timing(timing)
                    .onStartedLeading(term -> elected.add(System.nanoTime()))
                    .start();
        }

        @Override
        long handOver() throws Exception {
            long begun = System.nanoTime();
            leader.close();
            long nanos = awaitElected() - begun;
            LeaderElection left = standby;
            standby = join(leading);
            leader = left;
            ZooKeeperBackend swap = leading;
            leading = waiting;
            waiting = swap;
            awaitLine(2);
            return nanos;
        }

        @Override
        public void close() {
            leader.close();
            standby.close();
            leading.close();
            waiting.close();
            probe.close();
        }
    }

    private static final class Latch extends Contestant {
        private CuratorFramework leading;
        private CuratorFramework waiting;
        private LeaderLatch leader;
        private LeaderLatch standby;

        Latch(String connectString, ElectionTiming timing) throws Exception {
            super(connectString, timing, "/curator/bench/handover");
            leading = client(connectString, timing);
            waiting = client(connectString, timing);
            leader = join(leading);
            awaitElected();
            standby = join(waiting);
            awaitLine(2);
        }

        private LeaderLatch join(CuratorFramework client) throws Exception {
            LeaderLatch latch = new LeaderLatch(client, path);
            latch.addListener(new LeaderLatchListener() {
                @Override
                public void isLeader() {
                    elected.add(System.nanoTime());
                }

                @Override
                public void notLeader() {
                    // The measurement ends when the other is told.
                }
            });
            latch.start();
            return latch;
        }

        @Override
        long handOver() throws Exception {
            long begun = System.nanoTime();
            leader.close();
            long nanos = awaitElected() - begun;
            LeaderLatch left = standby;
            standby = join(leading);
            leader = left;
            CuratorFramework swap = leading;
            leading = waiting;
            waiting = swap;
            awaitLine(2);
            return nanos;
        }

        @Override
        public void close() {
            CloseableUtils.closeQuietly(leader);
            CloseableUtils.closeQuietly(standby);
            leading.close();
            waiting.close();
            probe.close();
        }
    }
}
