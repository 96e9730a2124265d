package dev.baton.benchmarks.etcd;

import dev.baton.LeaderElection;
import dev.baton.etcd.EtcdBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.support.CloseableClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Many elections led by one JVM: what etcd is asked in a steady state, by Baton and by jetcd's, and Baton's threads. */
final class Scale {
    /** The claims: threads beyond jetcd's own, and requests beyond those for one election. */
    static final int MOST_THREADS = 10;

    static final double MOST_REQUESTS = 1.1;

    private static final int[] COUNTS = {1, 100, 1_000, 10_000};

    /** What jetcd is asked at a time: of ten thousand campaigns at once etcd lets some time out. */
    private static final int AT_ONCE = 128;

    private Scale() {}

    private record Load(Metrics metrics, Duration window, int threads, int clientThreads, int lost) {
        double requestsPerMinute() {
            return metrics.requests() * 6e10 / window.toNanos();
        }

        double proposalsPerMinute() {
            return metrics.proposals() * 6e10 / window.toNanos();
        }
    }

    private interface Steady {
        /** Measures while nothing is begun or ended. */
        Load measure(Set<Thread> before, AtomicInteger lost) throws Exception;
    }

    /** Measures, prints, and answers whether the claims hold. */
    static boolean run(EtcdCluster cluster, ElectionTiming timing, Duration window) throws Exception {
        Steady steady = (before, lost) -> load(cluster, window, before, lost);
        System.out.println("Elections led by one JVM on etcd, three members, " + timing + ", steady for "
                + window.toSeconds() + " s, requests and Raft proposals a minute by etcd's own counts");
        boolean kept = true;
        double single = 0;
        for (int count : COUNTS) {
            Load load = baton(cluster, timing, count, steady);
            single = count == 1 ? load.requestsPerMinute() : single;
            boolean holds = load.threads <= MOST_THREADS
                    && load.lost == 0
                    && load.requestsPerMinute() <= single * MOST_REQUESTS + 2;
            kept &= holds;
            System.out.printf(
                    Locale.ROOT,
                    "  %-22s %5d elections: %8.1f requests %7.1f proposals, %2d threads beyond jetcd's %2d,"
                            + " %d terms lost: %s%n",
                    "Baton",
                    count,
                    load.requestsPerMinute(),
                    load.proposalsPerMinute(),
                    load.threads,
                    load.clientThreads,
                    load.lost,
                    holds ? "kept" : "BROKEN");
        }
        for (boolean shared : new boolean[] {false, true}) {
            for (int count : COUNTS) {
                Load load = jetcd(cluster, timing, count, shared, steady);
                System.out.printf(
                        Locale.ROOT,
                        "  %-22s %5d elections: %8.1f requests %7.1f proposals, %2d threads in all%n",
                        shared ? "jetcd, one lease" : "jetcd, a lease each",
                        count,
                        load.requestsPerMinute(),
                        load.proposalsPerMinute(),
                        load.threads + load.clientThreads);
            }
        }
        return kept;
    }

    private static Load baton(EtcdCluster cluster, ElectionTiming timing, int count, Steady steady) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        AtomicInteger lost = new AtomicInteger();
        CountDownLatch leading = new CountDownLatch(count);
        List<LeaderElection> elections = new ArrayList<>();
        try (EtcdBackend backend =
                EtcdBackend.builder(cluster.endpoints()).shutdownHook(false).build()) {
            for (int i = 0; i < count; i++) {
                elections.add(LeaderElection.on(backend, "scale-" + count + "/election-" + i)
                        .timing(timing)
                        .onStartedLeading(term -> leading.countDown())
                        .onStoppedLeading((term, why) -> lost.addAndGet(why.isOrderly() ? 0 : 1))
                        .start());
            }
            if (!leading.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException(leading.getCount() + " of " + count + " elections have no leader");
            }
            Load load = steady.measure(before, lost);
            elections.forEach(LeaderElection::closeAsync);
            return load;
        }
    }

    private static Load jetcd(EtcdCluster cluster, ElectionTiming timing, int count, boolean shared, Steady steady)
            throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        List<Long> leases = new ArrayList<>();
        List<CloseableClient> keepers = new ArrayList<>();
        try (Client client = JetcdCandidate.client(cluster.endpoint(0))) {
            for (int i = 0; i < count; i += AT_ONCE) {
                int end = Math.min(count, i + AT_ONCE);
                for (int j = i; j < (shared ? Math.min(1, end) : end); j++) {
                    leases.add(JetcdCandidate.grant(client, timing.leaseDuration()));
                    keepers.add(JetcdCandidate.keepAlive(client, leases.get(j)));
                }
                List<CompletableFuture<?>> campaigns = new ArrayList<>();
                for (int j = i; j < end; j++) {
                    campaigns.add(client.getElectionClient()
                            .campaign(
                                    JetcdCandidate.bytes("/jetcd/scale-" + count + "-" + shared + "/" + j),
                                    leases.get(shared ? 0 : j),
                                    JetcdCandidate.bytes("jetcd")));
                }
                all(campaigns);
            }
            Load load = steady.measure(before, new AtomicInteger());
            keepers.forEach(CloseableClient::close);
            for (int i = 0; i < leases.size(); i += AT_ONCE) {
                all(leases.subList(i, Math.min(leases.size(), i + AT_ONCE)).stream()
                        .map(client.getLeaseClient()::revoke)
                        .toList());
            }
            return load;
        }
    }

    private static void all(List<? extends CompletableFuture<?>> answers) throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
    }

    private static Load load(EtcdCluster cluster, Duration window, Set<Thread> before, AtomicInteger lost)
            throws Exception {
        // Callback threads leave when they have been idle for a while.
        TimeUnit.SECONDS.sleep(7);
        Metrics first = Metrics.read(cluster);
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        Metrics metrics = Metrics.read(cluster).since(first);
        Set<Thread> added = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .filter(thread -> !thread.getName().startsWith("HttpClient-"))
                .collect(Collectors.toSet());
        int clients = (int) added.stream().filter(Scale::isClients).count();
        return new Load(metrics, window, added.size() - clients, clients, lost.get());
    }

    private static boolean isClients(Thread thread) {
        String name = thread.getName();
        return name.startsWith("jetcd-") || name.startsWith("vert.x-") || name.startsWith("grpc-");
    }
}
