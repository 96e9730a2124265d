package dev.baton.benchmarks.etcd;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.Sample;
import dev.baton.etcd.EtcdBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.EtcdGoPeer;
import io.etcd.jetcd.election.LeaderKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Graceful hand-over, interleaved: Baton, from the leader's close to the other's callback; jetcd's {@code Election}, from
 * its call to resign to the other's campaign; and Go's, the same, in processes of their own and by their own clocks. All
 * ask the same member.
 *
 * <p>Most of what the two in this JVM take at first is bytecode that is interpreted, so both of them hand over many times
 * before any round counts; Go comes compiled. What their first rounds took is printed, too. Between two hand-overs of
 * jetcd's there has to be more than the 100 ms in which etcd comes to tell a new watch of what is new; the rounds of the
 * others see to that, except in the warm-up.
 */
final class Handover {
    /** The claim, of a crash as of a hand-over: the upper 95 % bound of the ratio of our median to each of theirs. */
    static final double MOST = 1.25;

    private static final int WARM_UP = 1_500;
    private static final int FIRST = 20;
    private static final long PATIENCE_SECONDS = 30;

    private Handover() {}

    /** Measures, prints, and answers whether the claims hold. */
    static boolean run(EtcdCluster cluster, ElectionTiming timing, int rounds) throws Exception {
        try (Baton baton = new Baton(cluster, timing);
                Jetcd jetcd = new Jetcd(cluster, timing);
                Go go = new Go(cluster, timing)) {
            List<Contestant> all = List.of(baton, jetcd, go);
            interleave(all, FIRST);
            System.out.println("Graceful hand-over on etcd, three members, " + timing + ", interleaved");
            print("at first", interleave(all, rounds));
            interleave(List.of(baton, jetcd), WARM_UP);
            List<Sample> samples = interleave(all, rounds);
            print("after " + WARM_UP + " more", samples);
            return isBeside(samples.get(0), samples.subList(1, samples.size()));
        }
    }

    private static List<Sample> interleave(List<Contestant> contestants, int rounds) throws Exception {
        long[][] nanos = new long[contestants.size()][rounds];
        for (int i = 0; i < rounds; i++) {
            for (int j = 0; j < contestants.size(); j++) {
                // Who goes first alternates, so that none always follows the same other.
                int who = (i + j) % contestants.size();
                nanos[who][i] = contestants.get(who).handOver();
            }
        }
        List<Sample> samples = new ArrayList<>();
        for (int j = 0; j < contestants.size(); j++) {
            samples.add(new Sample(contestants.get(j).name, nanos[j]));
        }
        return samples;
    }

    private static void print(String when, List<Sample> samples) {
        System.out.println(" " + when);
        samples.forEach(sample -> System.out.println("  " + sample));
    }

    /** Prints how {@code ours} compares with each of {@code others}, and answers whether the claim holds. */
    static boolean isBeside(Sample ours, List<Sample> others) {
        boolean kept = true;
        for (Sample theirs : others) {
            double bound = ours.ratioUpperBound(theirs);
            kept &= bound <= MOST;
            System.out.printf(
                    Locale.ROOT,
                    "  ratio of medians %.3f, upper 95 %% bound %.3f, at most %.2f: %s%n",
                    ours.median() / theirs.median(),
                    bound,
                    MOST,
                    bound <= MOST ? "kept" : "BROKEN");
        }
        return kept;
    }

    /** Two candidates of one kind, one leading and the other in line behind it. */
    private abstract static class Contestant implements AutoCloseable {
        final String name;
        final Line line;
        final BlockingQueue<Long> elected = new ArrayBlockingQueue<>(4);

        Contestant(String name, EtcdCluster cluster, String prefix) {
            this.name = name;
            this.line = new Line(cluster.endpoint(0), prefix);
        }

        /** The leader leaves; answers how long it took until the other led; restores the line. */
        abstract long handOver() throws Exception;

        @Override
        public abstract void close();

        long awaitElected() throws InterruptedException {
            Long at = elected.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (at == null) {
                throw new IllegalStateException(name + " elected nobody within " + PATIENCE_SECONDS + " s");
            }
            return at;
        }
    }

    private static final class Baton extends Contestant {
        private final ElectionTiming timing;
        private EtcdBackend leading;
        private EtcdBackend waiting;
        private LeaderElection leader;
        private LeaderElection standby;

        Baton(EtcdCluster cluster, ElectionTiming timing) throws Exception {
            super("Baton", cluster, "/baton/bench/handover/");
            this.timing = timing;
            leading = backend(cluster);
            waiting = backend(cluster);
            leader = join(leading);
            awaitElected();
            standby = join(waiting);
            awaitLine();
        }

        private static EtcdBackend backend(EtcdCluster cluster) {
            return EtcdBackend.builder(cluster.endpoint(0)).shutdownHook(false).build();
        }

        private LeaderElection join(EtcdBackend backend) {
            return LeaderElection.on(backend, "bench/handover")
                    .timing(timing)
                    .onStartedLeading(term -> elected.add(System.nanoTime()))
                    .start();
        }

        private void awaitLine() throws InterruptedException {
            while (standby.currentLeader().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            line.await(2);
        }

        @Override
        long handOver() throws Exception {
            long begun = System.nanoTime();
            leader.close();
            long nanos = awaitElected() - begun;
            leader = standby;
            EtcdBackend left = leading;
            leading = waiting;
            waiting = left;
            standby = join(waiting);
            awaitLine();
            return nanos;
        }

        @Override
        public void close() {
            standby.close();
            leader.close();
            leading.close();
            waiting.close();
            line.close();
        }
    }

    private static final class Jetcd extends Contestant {
        private JetcdCandidate leader;
        private JetcdCandidate standby;
        private LeaderKey key;
        private CompletableFuture<LeaderKey> next;

        Jetcd(EtcdCluster cluster, ElectionTiming timing) throws Exception {
            super("jetcd Election", cluster, "/jetcd/handover/");
            leader = new JetcdCandidate(cluster.endpoint(0), "/jetcd/handover", timing.leaseDuration());
            standby = new JetcdCandidate(cluster.endpoint(0), "/jetcd/handover", timing.leaseDuration());
            key = campaign(leader).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            awaitElected();
            next = campaign(standby);
            line.await(2);
        }

        private CompletableFuture<LeaderKey> campaign(JetcdCandidate candidate) {
            return candidate.campaign().whenComplete((won, failure) -> elected.add(System.nanoTime()));
        }

        @Override
        long handOver() throws Exception {
            long begun = System.nanoTime();
            CompletableFuture<?> resigned = leader.resign(key);
            long nanos = awaitElected() - begun;
            resigned.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            key = next.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            JetcdCandidate left = leader;
            leader = standby;
            standby = left;
            next = campaign(standby);
            line.await(2);
            return nanos;
        }

        @Override
        public void close() {
            standby.close();
            leader.close();
            line.close();
        }
    }

    private static final class Go extends Contestant {
        private final EtcdGoPeer peer;
        private CandidateProcess leader;
        private CandidateProcess standby;
        private int started;

        Go(EtcdCluster cluster, ElectionTiming timing) throws Exception {
            super("Go concurrency", cluster, "/go/bench/handover/");
            peer = EtcdGoPeer.of(cluster, "bench/handover")
                    .endpoints(cluster.endpoint(0))
                    .prefix("/go/")
                    .ttl(timing.leaseDuration());
            leader = join();
            leader.awaitEvent("started");
            standby = join();
            line.await(2);
        }

        private CandidateProcess join() throws Exception {
            return peer.start("go-" + ++started);
        }

        @Override
        long handOver() throws Exception {
            leader.terminate();
            long nanos = standby.awaitEvent("started") - leader.awaitEvent("stopping");
            leader.close();
            leader = standby;
            standby = join();
            line.await(2);
            return nanos;
        }

        @Override
        public void close() {
            standby.close();
            leader.close();
            line.close();
        }
    }
}
