package dev.baton.benchmarks.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.resilience4j.ResilientBackend;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.FaultyHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What standbys ask of an API server that is down, bare and with the Resilience4j decorator, side by side: the server is
 * killed, and a load balancer before it, which says so, counts who asks for it.
 */
final class Outage {
    /** The longest pause of whoever asks again is leaseDuration, the shortest then half of it: 7.5 s. */
    private static final int MOST_EACH = 8;

    /** Two tries to lead each ten seconds, and whatever the watch of all elections asks for. */
    private static final int MOST_TOGETHER = 30;

    private Outage() {}

    /** Measures, prints, and answers whether the claims hold. */
    static boolean run(Cluster cluster, int count) throws Exception {
        cluster.admitAnybody();
        try (FaultyHttp before = cluster.counted();
                FaultyHttp beforeDecorated = cluster.counted();
                KubernetesBackend leading = cluster.backend();
                LockBackend bare = cluster.backend(cluster.kubeconfig(before));
                ResilientBackend decorated = ResilientBackend.around(
                                cluster.backend(cluster.kubeconfig(beforeDecorated)))
                        .build()) {
            standing(cluster, leading, count, true);
            standing(cluster, bare, count, false);
            standing(cluster, decorated, count, false);
            cluster.server.kill();
            try (FaultyHttp.Rule down = isDown(before);
                    FaultyHttp.Rule downToo = isDown(beforeDecorated)) {
                // Until everybody's pauses have grown to their longest.
                TimeUnit.SECONDS.sleep(60);
                int asked = down.struck();
                int askedDecorated = downToo.struck();
                TimeUnit.MINUTES.sleep(1);
                asked = down.struck() - asked;
                askedDecorated = downToo.struck() - askedDecorated;
                return isKept(count, asked, askedDecorated);
            } finally {
                cluster.server.start();
                cluster.server.awaitReady();
            }
        }
    }

    private static boolean isKept(int count, int asked, int askedDecorated) {
        // Bare, each candidate tries to lead, and its election is read for its watch.
        boolean kept = asked <= 2 * MOST_EACH * count + MOST_TOGETHER;
        boolean keptDecorated = askedDecorated > 0 && askedDecorated <= MOST_EACH * count + MOST_TOGETHER;
        System.out.println(count + " standbys in one JVM while the API server is down, 15s/10s/2s, requests a minute");
        System.out.printf(
                Locale.ROOT, "  bare       %4d, at most %d each: %s%n", asked, 2 * MOST_EACH, kept ? "kept" : "BROKEN");
        System.out.printf(
                Locale.ROOT,
                "  decorated  %4d, at most %d each: %s%n",
                askedDecorated,
                MOST_EACH,
                keptDecorated ? "kept" : "BROKEN");
        return kept && keptDecorated;
    }

    /** Passes on what is asked, and says that nobody was there. A connection that broke would be tried again by the JDK. */
    private static FaultyHttp.Rule isDown(FaultyHttp proxy) {
        return proxy.when(asked -> true, exchange -> {
            try {
                int unused = exchange.passOn();
                exchange.reset();
            } catch (IOException e) {
                exchange.answer(503, "ServiceUnavailable", "no endpoint answers: " + e.getClass(), Map.of());
            }
        });
    }

    /** Candidates of so many elections, once each leads or sees who does. */
    private static void standing(Cluster cluster, LockBackend backend, int count, boolean leading) throws Exception {
        List<LeaderElection> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(LeaderElection.on(backend, cluster.election("lease-" + i))
                    .onStartedLeading(term -> {})
                    .start());
        }
        while (!all.stream()
                .allMatch(one -> leading
                        ? one.leadership().isPresent()
                        : one.currentLeader().isPresent() && one.health().healthy())) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
