package dev.baton.benchmarks.etcd;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.ChildJvm;
import dev.baton.benchmarks.Sample;
import dev.baton.etcd.EtcdBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.EtcdGoPeer;
import io.etcd.jetcd.Client;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Failover after {@code kill -9} of the leader's process, from the kill, which falls anywhere between two renewals, to the
 * standby's callback: Baton, jetcd's {@code Election} and Go's, interleaved, at the same TTL. The store promises to expire
 * the lease at its TTL after the last renewal, for which it looks twice a second.
 */
final class Failover {
    /** The claim beside the ratios: this many writes of the store past that, at most. */
    static final int ROUND_TRIPS = 10;

    private static final Duration SCAN = Duration.ofMillis(500);
    private static final String JETCD = "/jetcd/failover";

    private Failover() {}

    /** Measures, prints, and answers whether the claim holds in every round. */
    static boolean run(EtcdCluster cluster, ElectionTiming timing, int rounds) throws Exception {
        long roundTrip = roundTrip(cluster);
        long most = timing.leaseDuration().plus(SCAN).toNanos() + ROUND_TRIPS * roundTrip;
        long[] ours = new long[rounds];
        long[] jetcds = new long[rounds];
        long[] gos = new long[rounds];
        try (EtcdBackend backend =
                EtcdBackend.builder(cluster.endpoint(0)).shutdownHook(false).build()) {
            for (int i = 0; i < rounds; i++) {
                ours[i] = baton(cluster, timing, backend);
                jetcds[i] = jetcd(cluster, timing);
                gos[i] = go(cluster, timing, i);
            }
        }
        boolean inTime = Arrays.stream(ours).allMatch(nanos -> nanos <= most);
        boolean kept = inTime;
        System.out.println("Crash failover on etcd, three members, " + timing + ", TTL " + timing.leaseDuration());
        List<Sample> samples = List.of(
                new Sample("Baton, kill -9", ours),
                new Sample("jetcd Election", jetcds),
                new Sample("Go concurrency", gos));
        samples.forEach(sample -> System.out.println("  " + sample));
        kept &= Handover.isBeside(samples.get(0), samples.subList(1, samples.size()));
        System.out.printf(
                Locale.ROOT,
                "  Baton at most TTL + %d ms + %d round trips of %.2f ms = %.2f ms: %s%n",
                SCAN.toMillis(),
                ROUND_TRIPS,
                roundTrip / 1e6,
                most / 1e6,
                inTime ? "kept" : "BROKEN");
        return kept;
    }

    private static long baton(EtcdCluster cluster, ElectionTiming timing, EtcdBackend backend) throws Exception {
        BlockingQueue<Long> elected = new ArrayBlockingQueue<>(4);
        try (ChildJvm victim = ChildJvm.start(
                        Victim.class,
                        64,
                        cluster.endpoint(0),
                        timing.leaseDuration(),
                        timing.renewDeadline(),
                        timing.retryPeriod());
                Line line = new Line(cluster.endpoint(0), "/baton/bench/failover/")) {
            victim.await("leading");
            try (LeaderElection standby = LeaderElection.on(backend, "bench/failover")
                    .timing(timing)
                    .onStartedLeading(term -> elected.add(System.nanoTime()))
                    .start()) {
                while (standby.currentLeader().isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                line.await(2);
                long killed = kill(victim);
                return await(elected) - killed;
            }
        }
    }

    private static long jetcd(EtcdCluster cluster, ElectionTiming timing) throws Exception {
        try (ChildJvm victim = ChildJvm.start(JetcdVictim.class, 64, cluster.endpoint(0), timing.leaseDuration());
                JetcdCandidate standby = new JetcdCandidate(cluster.endpoint(0), JETCD, timing.leaseDuration());
                Line line = new Line(cluster.endpoint(0), JETCD + "/")) {
            victim.await("leading");
            CompletableFuture<Long> elected = standby.campaign().thenApply(key -> System.nanoTime());
            line.await(2);
            long killed = kill(victim);
            return elected.get(1, TimeUnit.MINUTES) - killed;
        }
    }

    private static long go(EtcdCluster cluster, ElectionTiming timing, int round) throws Exception {
        EtcdGoPeer peer = EtcdGoPeer.of(cluster, "bench/failover-" + round)
                .endpoints(cluster.endpoint(0))
                .prefix("/go/")
                .ttl(timing.leaseDuration());
        try (CandidateProcess victim = peer.start("victim");
                Line line = new Line(cluster.endpoint(0), "/go/bench/failover-" + round + "/")) {
            victim.awaitEvent("started");
            try (CandidateProcess standby = peer.start("standby")) {
                line.await(2);
                anywhereBetweenTwoRenewals();
                long killed = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
                victim.kill();
                return standby.awaitEvent("started") - killed;
            }
        }
    }

    private static long kill(ChildJvm victim) throws InterruptedException {
        anywhereBetweenTwoRenewals();
        long killed = System.nanoTime();
        victim.kill();
        return killed;
    }

    private static void anywhereBetweenTwoRenewals() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(2_000));
    }

    private static long await(BlockingQueue<Long> elected) throws InterruptedException {
        Long at = elected.poll(1, TimeUnit.MINUTES);
        if (at == null) {
            throw new IllegalStateException("nobody was elected within a minute of the kill");
        }
        return at;
    }

    /** The median time of a write. */
    private static long roundTrip(EtcdCluster cluster) throws Exception {
        try (Client probe = JetcdCandidate.client(cluster.endpoint(0))) {
            long[] nanos = new long[101];
            for (int i = 0; i < nanos.length; i++) {
                long begun = System.nanoTime();
                probe.getKVClient()
                        .put(JetcdCandidate.bytes("/round-trip"), JetcdCandidate.bytes("x"))
                        .get(1, TimeUnit.MINUTES);
                nanos[i] = System.nanoTime() - begun;
            }
            return (long) new Sample("round trip", nanos).median();
        }
    }

    /** Our candidate that is killed while it leads. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            EtcdBackend backend = EtcdBackend.connect(args[0]);
            LeaderElection election = LeaderElection.on(backend, "bench/failover")
                    .timing(ElectionTiming.of(
                            Duration.parse(args[1]), Duration.parse(args[2]), Duration.parse(args[3])))
                    .onStartedLeading(term -> System.out.println("leading"))
                    .start();
            new CountDownLatch(1).await();
            election.close();
        }
    }

    /** The same of jetcd's. */
    static final class JetcdVictim {
        private JetcdVictim() {}

        public static void main(String[] args) throws Exception {
            try (JetcdCandidate candidate = new JetcdCandidate(args[0], JETCD, Duration.parse(args[1]))) {
                candidate.campaign().join();
                System.out.println("leading");
                new CountDownLatch(1).await();
            }
        }
    }
}
