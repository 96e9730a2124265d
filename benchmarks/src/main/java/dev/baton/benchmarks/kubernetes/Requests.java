package dev.baton.benchmarks.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.ClientGoPeer;
import dev.baton.testing.servers.FaultyHttp;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Requests in a steady state at the default timing: a leader and a standby of ours, and of client-go, each by itself. */
final class Requests {
    private Requests() {}

    /** Measures, prints, and answers whether the claims hold: a standby sends nothing, a leader no more than client-go's. */
    static boolean run(Cluster cluster, Duration window) throws Exception {
        String election = cluster.election("baton");
        cluster.admitAnybody();
        try (FaultyHttp ourLeader = cluster.counted();
                FaultyHttp ourStandby = cluster.counted();
                FaultyHttp theirLeader = cluster.counted();
                FaultyHttp theirStandby = cluster.counted();
                KubernetesBackend leading = cluster.backend(cluster.kubeconfig(ourLeader));
                KubernetesBackend waiting = cluster.backend(cluster.kubeconfig(ourStandby));
                LeaderElection leader = LeaderElection.on(leading, election)
                        .onStartedLeading(term -> {})
                        .start();
                CandidateProcess goLeader = peer(cluster, theirLeader).start("go-1")) {
            while (leader.leadership().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            goLeader.awaitEvent("started");
            try (LeaderElection standby = LeaderElection.on(waiting, election)
                            .onStartedLeading(term -> {})
                            .start();
                    CandidateProcess goStandby = peer(cluster, theirStandby).start("go-2")) {
                while (standby.currentLeader().isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                goStandby.awaitEvent("leader");
                TimeUnit.SECONDS.sleep(5);
                FaultyHttp[] all = {ourLeader, ourStandby, theirLeader, theirStandby};
                double[] perMinute = new double[all.length];
                for (int i = 0; i < all.length; i++) {
                    perMinute[i] = -all[i].log().size();
                }
                TimeUnit.NANOSECONDS.sleep(window.toNanos());
                for (int i = 0; i < all.length; i++) {
                    perMinute[i] = (perMinute[i] + all[i].log().size()) * 6e10 / window.toNanos();
                }
                boolean kept = perMinute[1] == 0
                        && perMinute[0] <= 30
                        && leader.leadership().isPresent()
                        && goLeader.isAlive()
                        && goStandby.isAlive();
                System.out.println("Requests a minute in a steady state, 15s/10s/2s");
                System.out.printf(
                        Locale.ROOT, "  Baton      leader %5.1f  standby %5.1f%n", perMinute[0], perMinute[1]);
                System.out.printf(
                        Locale.ROOT, "  client-go  leader %5.1f  standby %5.1f%n", perMinute[2], perMinute[3]);
                System.out.println("  a standby sends none, a leader at most 30: " + (kept ? "kept" : "BROKEN"));
                return kept;
            }
        }
    }

    private static ClientGoPeer peer(Cluster cluster, FaultyHttp proxy) throws Exception {
        return ClientGoPeer.of(cluster.server, cluster.namespace, "client-go").kubeconfig(cluster.kubeconfig(proxy));
    }
}
