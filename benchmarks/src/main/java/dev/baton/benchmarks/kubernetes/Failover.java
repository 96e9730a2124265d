package dev.baton.benchmarks.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.LeaderElection;
import dev.baton.benchmarks.ChildJvm;
import dev.baton.benchmarks.Sample;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.ElectionTiming;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Failover after {@code kill -9} of the leader's JVM, from the moment at which the timing allows it (leaseDuration after
 * the standby could have heard of the last renewal) to the standby's callback.
 */
final class Failover {
    /** The claim: the jitter of one that has not lost a race, and this many round trips, at most. */
    static final int ROUND_TRIPS = 10;

    static final Duration JITTER = Duration.ofMillis(5);

    private Failover() {}

    private record Renewal(String holder, Instant renewTime, long heardAt) {}

    private record Elected(Instant wall, long nanos) {}

    /** Measures, prints, and answers whether the claims hold in every round. */
    static boolean run(Cluster cluster, ElectionTiming timing, int rounds) throws Exception {
        String name = "failover";
        long[] roundTrips = new long[rounds];
        long[] past = new long[rounds];
        long earliest = Long.MAX_VALUE;
        BlockingQueue<Elected> elected = new ArrayBlockingQueue<>(4);
        Raw probe = new Raw(cluster, name);
        Renewal[] last = {new Renewal("", Instant.EPOCH, System.nanoTime())};
        try (probe;
                Raw quiet = new Raw(cluster, "round-trip");
                KubernetesBackend backend = cluster.backend()) {
            ObjectNode written = quiet.create("0");
            for (int i = 0; i < rounds; i++) {
                try (ChildJvm victim = ChildJvm.start(
                        Victim.class,
                        64,
                        cluster.server.kubeconfig(),
                        cluster.election(name),
                        timing.leaseDuration(),
                        timing.renewDeadline(),
                        timing.retryPeriod())) {
                    victim.await("leading");
                    if (i == 0) {
                        probe.watch(lease -> heard(last, lease));
                    }
                    try (LeaderElection standby = LeaderElection.on(backend, cluster.election(name))
                            .identity("standby")
                            .timing(timing)
                            .onStartedLeading(term -> elected.add(new Elected(Instant.now(), System.nanoTime())))
                            .start()) {
                        while (standby.currentLeader().isEmpty()) {
                            TimeUnit.MILLISECONDS.sleep(1);
                        }
                        // A standby that comes after the last renewal has to wait from its own first look.
                        long joined = System.nanoTime();
                        while (last(last).heardAt <= joined) {
                            TimeUnit.MILLISECONDS.sleep(1);
                        }
                        // Anywhere between two renewals.
                        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(2_000));
                        victim.kill();
                        // As idle a server and a connection as the one that takes over will meet.
                        TimeUnit.NANOSECONDS.sleep(timing.leaseDuration().toNanos() / 2);
                        long begun = System.nanoTime();
                        written = quiet.put(written, String.valueOf(i + 1)).join();
                        roundTrips[i] = System.nanoTime() - begun;
                        Elected at = elected.poll(1, TimeUnit.MINUTES);
                        if (at == null) {
                            throw new IllegalStateException("nobody was elected within a minute of the kill");
                        }
                        Renewal renewal = last(last);
                        long leaseNanos = timing.leaseDuration().toNanos();
                        past[i] = at.nanos - renewal.heardAt - leaseNanos;
                        earliest = Math.min(
                                earliest,
                                Duration.between(renewal.renewTime, at.wall).toNanos() - leaseNanos);
                    }
                }
            }
        }
        Sample writes = new Sample("a write to a server idle for seconds", roundTrips);
        long most = (long) (JITTER.toNanos() + ROUND_TRIPS * writes.median());
        boolean kept = earliest >= 0 && Arrays.stream(past).allMatch(nanos -> nanos <= most);
        System.out.println("Crash failover on a Lease, " + timing + ", past the moment that the timing allows");
        System.out.println("  " + new Sample("Baton, kill -9", past));
        System.out.println("  " + writes);
        System.out.printf(
                Locale.ROOT,
                "  never before leaseDuration after the last renewal was written: earliest %.2f ms after it; at most %d ms"
                        + " + %d round trips of %.2f ms = %.2f ms: %s%n",
                earliest / 1e6,
                JITTER.toMillis(),
                ROUND_TRIPS,
                writes.median() / 1e6,
                most / 1e6,
                kept ? "kept" : "BROKEN");
        return kept;
    }

    private static void heard(Renewal[] last, ObjectNode lease) {
        String holder = Raw.holder(lease);
        if (!holder.isEmpty() && !holder.equals("standby")) {
            Renewal renewal = new Renewal(
                    holder, Instant.parse(lease.at("/spec/renewTime").asText()), System.nanoTime());
            synchronized (last) {
                last[0] = renewal;
            }
        }
    }

    private static Renewal last(Renewal[] last) {
        synchronized (last) {
            return last[0];
        }
    }

    /** The candidate that is killed while it leads. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            KubernetesBackend backend =
                    KubernetesBackend.lease().kubeconfig(Path.of(args[0])).build();
            LeaderElection election = LeaderElection.on(backend, args[1])
                    .timing(ElectionTiming.of(
                            Duration.parse(args[2]), Duration.parse(args[3]), Duration.parse(args[4])))
                    .onStartedLeading(term -> System.out.println("leading"))
                    .start();
            new CountDownLatch(1).await();
            election.close();
        }
    }
}
