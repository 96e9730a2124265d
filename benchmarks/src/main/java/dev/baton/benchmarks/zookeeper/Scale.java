package dev.baton.benchmarks.zookeeper;

import dev.baton.LeaderElection;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.data.Stat;

/** Many elections in one JVM: threads, and the steady write load on the store. */
final class Scale {
    /** The claim: threads beyond the ZooKeeper client's own. */
    static final int MOST_THREADS = 10;

    private Scale() {}

    /** Measures 1, 100 and {@code most} elections, prints, and answers whether the claims hold. */
    static boolean run(String connectString, ElectionTiming timing, int most, int windowSeconds) throws Exception {
        System.out.println(
                "Elections led by one JVM on one session, " + timing + ", steady for " + windowSeconds + " s");
        double single = 0;
        boolean kept = true;
        for (int count : new int[] {1, 100, most}) {
            Load load = measure(connectString, timing, count, windowSeconds);
            single = count == 1 ? load.writesPerMinute : single;
            boolean holds = load.threads <= MOST_THREADS && load.lost == 0 && load.writesPerMinute <= single * 1.1 + 2;
            kept &= holds;
            System.out.printf(
                    Locale.ROOT,
                    "  %5d elections: %2d threads beyond ZooKeeper's %2d, %6.1f writes a minute, %d terms lost: %s%n",
                    count,
                    load.threads,
                    load.clientThreads,
                    load.writesPerMinute,
                    load.lost,
                    holds ? "kept" : "BROKEN");
        }
        return kept;
    }

    private record Load(int threads, int clientThreads, double writesPerMinute, int lost) {}

    private static Load measure(String connectString, ElectionTiming timing, int count, int windowSeconds)
            throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        AtomicInteger lost = new AtomicInteger();
        CountDownLatch leading = new CountDownLatch(count);
        List<LeaderElection> elections = new ArrayList<>();
        try (ZooKeeperBackend backend = ZooKeeperBackend.connect(connectString)) {
            for (int i = 0; i < count; i++) {
                elections.add(LeaderElection.on(backend, "scale/election-" + i)
                        .timing(timing)
                        .onStartedLeading(term -> leading.countDown())
                        .onStoppedLeading((term, why) -> lost.addAndGet(why.isOrderly() ? 0 : 1))
                        .start());
            }
            if (!leading.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException(leading.getCount() + " of " + count + " elections have no leader");
            }
            // Callback threads leave when they have been idle for a while.
            TimeUnit.SECONDS.sleep(7);
            long writes = writes(connectString, windowSeconds);
            Set<Thread> added = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !before.contains(thread) && thread.isAlive())
                    .collect(Collectors.toSet());
            int client = (int) added.stream().filter(Scale::isClients).count();
            Load load = new Load(added.size() - client, client, writes * 60.0 / windowSeconds, lost.get());
            elections.forEach(LeaderElection::closeAsync);
            return load;
        }
    }

    private static boolean isClients(Thread thread) {
        String name = thread.getName();
        return name.contains("SendThread") || name.contains("EventThread") || name.startsWith("Curator-");
    }

    /** Every write takes one transaction id: what two probes are apart, less the second probe, others have written. */
    private static long writes(String connectString, int windowSeconds) throws Exception {
        try (CuratorFramework probe =
                CuratorFrameworkFactory.newClient(connectString, 30_000, 10_000, new RetryOneTime(100))) {
            probe.start();
            long first = write(probe);
            TimeUnit.SECONDS.sleep(windowSeconds);
            return write(probe) - first - 1;
        }
    }

    private static long write(CuratorFramework probe) throws Exception {
        Stat stat = new Stat();
        if (probe.checkExists().forPath("/probe") == null) {
            probe.create().forPath("/probe");
        }
        probe.setData().forPath("/probe");
        probe.getData().storingStatIn(stat).forPath("/probe");
        return stat.getMzxid();
    }
}
