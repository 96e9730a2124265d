package dev.baton.benchmarks.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.LeaderElection;
import dev.baton.benchmarks.Sample;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.ClientGoPeer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Graceful hand-over at the default timing, from the leader's close to the other candidate's callback: Baton; the floor,
 * which is a write that frees the Lease, the event of it on another's watch, and that one's write; and a pair of
 * client-go's, which polls.
 */
final class Handover {
    /** The claims: our median is at most this many times the floor's, and at most client-go's divided by that. */
    static final double MOST_FLOORS = 4;

    static final double LEAST_GAIN = 50;

    private static final int WARM_UP = 20;
    private static final long PATIENCE_SECONDS = 60;

    private Handover() {}

    /** Measures, prints, and answers whether the claims hold. */
    static boolean run(Cluster cluster, int rounds, int peerRounds) throws Exception {
        long[] ours = new long[rounds];
        long[] floors = new long[rounds];
        long[] theirs = new long[peerRounds];
        int every = rounds / peerRounds;
        try (Pair baton = new Pair(cluster);
                Floor floor = new Floor(cluster);
                Peers clientGo = new Peers(cluster)) {
            for (int i = -WARM_UP; i < rounds; i++) {
                // Who goes first alternates, so that neither always follows the other.
                long first = i % 2 == 0 ? baton.handOver() : floor.handOver();
                long second = i % 2 == 0 ? floor.handOver() : baton.handOver();
                if (i >= 0) {
                    ours[i] = i % 2 == 0 ? first : second;
                    floors[i] = i % 2 == 0 ? second : first;
                }
                if (i >= 0 && i % every == 0) {
                    theirs[i / every] = clientGo.handOver();
                }
            }
        }
        Sample our = new Sample("Baton", ours);
        Sample floor = new Sample("write, event, write", floors);
        Sample their = new Sample("client-go", theirs);
        double bound = our.ratioUpperBound(floor);
        double gain = their.median() / our.median();
        System.out.println("Graceful hand-over on a Lease, 15s/10s/2s, interleaved");
        System.out.println("  " + our);
        System.out.println("  " + floor);
        System.out.println("  " + their);
        boolean kept = bound <= MOST_FLOORS && gain >= LEAST_GAIN;
        System.out.printf(
                Locale.ROOT,
                "  %.2f times the floor (upper 95 %% bound %.2f, at most %.0f), %.0f times faster than client-go (at least"
                        + " %.0f): %s%n",
                our.median() / floor.median(),
                bound,
                MOST_FLOORS,
                gain,
                LEAST_GAIN,
                kept ? "kept" : "BROKEN");
        return kept;
    }

    private static long await(BlockingQueue<Long> elected) throws InterruptedException {
        Long at = elected.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (at == null) {
            throw new IllegalStateException("nobody was elected within " + PATIENCE_SECONDS + " s");
        }
        return at;
    }

    /** Two candidates of ours, each with a backend of its own. */
    private static final class Pair implements AutoCloseable {
        private final String election;
        private final BlockingQueue<Long> elected = new ArrayBlockingQueue<>(4);
        private KubernetesBackend leading;
        private KubernetesBackend waiting;
        private LeaderElection leader;
        private LeaderElection standby;

        Pair(Cluster cluster) throws InterruptedException {
            election = cluster.election("baton");
            leading = cluster.backend();
            waiting = cluster.backend();
            leader = join(leading);
            await(elected);
            standby = join(waiting);
        }

        private LeaderElection join(KubernetesBackend backend) {
            return LeaderElection.on(backend, election)
                    .onStartedLeading(term -> elected.add(System.nanoTime()))
                    .start();
        }

        long handOver() throws InterruptedException {
            while (standby.currentLeader().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            // Its watch is open by now.
            TimeUnit.MILLISECONDS.sleep(50);
            long begun = System.nanoTime();
            leader.close();
            long nanos = await(elected) - begun;
            leader = standby;
            KubernetesBackend left = leading;
            leading = waiting;
            waiting = left;
            standby = join(waiting);
            return nanos;
        }

        @Override
        public void close() {
            standby.close();
            leader.close();
            leading.close();
            waiting.close();
        }
    }

    /** One frees the Lease, another hears of it and takes it. */
    private static final class Floor implements AutoCloseable {
        private final BlockingQueue<Long> taken = new ArrayBlockingQueue<>(4);
        private final Raw leading;
        private final Raw waiting;
        private volatile ObjectNode lease;
        private volatile CompletableFuture<Void> taking = CompletableFuture.completedFuture(null);

        Floor(Cluster cluster) throws Exception {
            leading = new Raw(cluster, "floor");
            waiting = new Raw(cluster, "floor");
            lease = leading.create("leader");
            waiting.watch(changed -> {
                if (Raw.holder(changed).isEmpty()) {
                    taking = waiting.put(changed, "standby").thenAccept(held -> {
                        long at = System.nanoTime();
                        lease = held;
                        taken.add(at);
                    });
                }
            });
        }

        long handOver() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(50);
            long begun = System.nanoTime();
            leading.put(lease, "").join();
            long at = await(taken);
            taking.join();
            return at - begun;
        }

        @Override
        public void close() {
            leading.close();
            waiting.close();
        }
    }

    /** Two processes with client-go, of which the one that leads is asked to end. */
    private static final class Peers implements AutoCloseable {
        private final ClientGoPeer peer;
        private CandidateProcess leader;
        private CandidateProcess standby;
        private int started;

        Peers(Cluster cluster) throws Exception {
            peer = ClientGoPeer.of(cluster.server, cluster.namespace, "client-go");
            leader = join();
            leader.awaitEvent("started");
            standby = join();
        }

        private CandidateProcess join() throws Exception {
            return peer.start("go-" + ++started);
        }

        long handOver() throws Exception {
            standby.awaitEvent("leader");
            // It may be anywhere between two of its polls.
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(4_000));
            long begun = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
            leader.terminate();
            long nanos = standby.awaitEvent("started") - begun;
            leader.close();
            leader = standby;
            standby = join();
            return nanos;
        }

        @Override
        public void close() {
            leader.close();
            standby.close();
        }
    }
}
