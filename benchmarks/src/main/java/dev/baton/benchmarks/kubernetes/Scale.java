package dev.baton.benchmarks.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.benchmarks.ChildJvm;
import dev.baton.kubernetes.KubernetesBackend;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Many Leases led by one JVM, with as many standbys in a second one: threads, and terms lost. */
final class Scale {
    /** The claim: threads of the whole JVM, at their peak in the steady state. */
    static final int MOST_THREADS = 30;

    private Scale() {}

    private record Crowd(int threads, int begun, int lost) {
        static Crowd parse(String line) {
            String[] words = line.split(" ", -1);
            return new Crowd(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        }
    }

    /** Measures, prints, and answers whether the claims hold. */
    static boolean run(Cluster cluster, int count, Duration window) throws Exception {
        try (ChildJvm leading = crowd(cluster, count)) {
            leading.await("settled");
            try (ChildJvm waiting = crowd(cluster, count)) {
                waiting.await("settled");
                leading.await("steady");
                waiting.await("steady");
                TimeUnit.NANOSECONDS.sleep(window.toNanos());
                waiting.endInput();
                Crowd standbys = Crowd.parse(waiting.await("ends"));
                leading.endInput();
                Crowd leaders = Crowd.parse(leading.await("ends"));
                boolean kept = leaders.begun == count
                        && leaders.lost == 0
                        && standbys.begun == 0
                        && leaders.threads <= MOST_THREADS
                        && standbys.threads <= MOST_THREADS;
                System.out.println(count + " Leases led by one JVM, " + count + " standbys in another, 15s/10s/2s, "
                        + window.toSeconds() + " s");
                System.out.println("  leaders: " + leaders.threads + " threads, " + leaders.lost + " terms lost");
                System.out.println("  standbys: " + standbys.threads + " threads, " + standbys.begun + " terms begun");
                System.out.println(
                        "  no term lost, at most " + MOST_THREADS + " threads in each: " + (kept ? "kept" : "BROKEN"));
                return kept;
            }
        }
    }

    private static ChildJvm crowd(Cluster cluster, int count) throws Exception {
        return ChildJvm.start(Candidates.class, 512, cluster.server.kubeconfig(), cluster.namespace, count);
    }

    /** Candidates of one JVM, one for each Lease, until their standard input ends. */
    static final class Candidates {
        private Candidates() {}

        public static void main(String[] args) throws Exception {
            int count = Integer.parseInt(args[2]);
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger lost = new AtomicInteger();
            List<LeaderElection> elections = new ArrayList<>();
            KubernetesBackend backend = KubernetesBackend.lease()
                    .kubeconfig(Path.of(args[0]))
                    .events(false)
                    .shutdownHook(false)
                    .build();
            for (int i = 0; i < count; i++) {
                elections.add(LeaderElection.on(backend, args[1] + "/lease-" + i)
                        .onStartedLeading(term -> begun.incrementAndGet())
                        .onStoppedLeading((term, why) -> lost.incrementAndGet())
                        .start());
            }
            while (!elections.stream().allMatch(one -> one.currentLeader().isPresent())) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            System.out.println("settled");
            // Threads that only the beginning needed leave when they have been idle for a while.
            TimeUnit.SECONDS.sleep(70);
            ManagementFactory.getThreadMXBean().resetPeakThreadCount();
            int lostBefore = lost.get();
            System.out.println("steady");
            System.in.readAllBytes();
            System.out.println("ends " + ManagementFactory.getThreadMXBean().getPeakThreadCount() + " " + begun.get()
                    + " " + (lost.get() - lostBefore));
            Runtime.getRuntime().halt(0);
        }
    }
}
