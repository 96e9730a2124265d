package dev.baton.benchmarks.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.LeaderElection;
import dev.baton.etcd.EtcdBackend;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Two candidates through what becomes of the store: from when the second leads until the first knows that it does not,
 * with Baton and with jetcd's {@code Election}. jetcd's leader ends with whatever it is told first: that its lease is not
 * kept alive any more, or that somebody else is seen to lead.
 */
final class Faults {
    private static final AtomicInteger ELECTIONS = new AtomicInteger();
    private static final long PATIENCE_SECONDS = 60;

    private Faults() {}

    private enum Fault {
        LEASE_REVOKED("the lease is revoked by hand", false),
        KEY_DELETED("the key is deleted by hand", false),
        LEADER_KILLED("etcd's leader is killed", true),
        LEADER_STOPPED("etcd's leader is stopped", true);

        private final String text;
        /** Whether Baton claims that no two lead. */
        private final boolean claimed;

        Fault(String text, boolean claimed) {
            this.text = text;
            this.claimed = claimed;
        }
    }

    /** @param overlap how long two led, in nanoseconds; 0 or less if they did not, as when the first went on alone */
    private record Outcome(boolean tookOver, long overlap) {}

    /** Measures, prints, and answers whether the claim holds: no two of ours lead, unless somebody takes it by hand. */
    static boolean run(EtcdCluster cluster, ElectionTiming timing, int rounds) throws Exception {
        System.out.println("Two candidates on etcd, three members, TTL " + timing.leaseDuration()
                + ": how long the first has led beside the second");
        boolean kept = true;
        for (Fault fault : Fault.values()) {
            List<Outcome> ours = new ArrayList<>();
            List<Outcome> theirs = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                String name = "faults/election-" + ELECTIONS.incrementAndGet();
                try (Baton baton = new Baton(cluster, timing, name)) {
                    ours.add(round(cluster, timing, fault, baton));
                }
                try (Jetcd jetcd = new Jetcd(cluster, timing, name)) {
                    theirs.add(round(cluster, timing, fault, jetcd));
                }
            }
            boolean holds = !fault.claimed || ours.stream().allMatch(outcome -> outcome.overlap <= 0);
            kept &= holds;
            System.out.println("  " + fault.text);
            print("Baton", ours, fault.claimed ? holds ? ": kept" : ": BROKEN" : "");
            print("jetcd Election", theirs, "");
        }
        return kept;
    }

    private static void print(String name, List<Outcome> outcomes, String verdict) {
        System.out.printf(
                Locale.ROOT,
                "    %-14s %2d rounds, the second took over in %2d, two led in %2d, for %8.1f ms at most%s%n",
                name,
                outcomes.size(),
                outcomes.stream().filter(Outcome::tookOver).count(),
                outcomes.stream().filter(outcome -> outcome.overlap > 0).count(),
                Math.max(0, outcomes.stream().mapToLong(Outcome::overlap).max().orElse(0)) / 1e6,
                verdict);
    }

    private static Outcome round(EtcdCluster cluster, ElectionTiming timing, Fault fault, Pair pair) throws Exception {
        Duration patience = timing.leaseDuration().multipliedBy(3);
        String key = pair.leadersKey(cluster);
        int leader = cluster.leader().orElseThrow();
        try {
            switch (fault) {
                case LEASE_REVOKED -> cluster.etcdctl("lease", "revoke", key.substring(key.lastIndexOf('/') + 1));
                case KEY_DELETED -> cluster.etcdctl("del", key);
                case LEADER_KILLED -> cluster.kill(leader);
                case LEADER_STOPPED -> cluster.pause(leader);
            }
            Long began = within(pair.began(), patience);
            if (began == null) {
                return new Outcome(false, 0);
            }
            Long ended = within(pair.ended, patience);
            return new Outcome(true, (ended == null ? System.nanoTime() : ended) - began);
        } finally {
            if (fault == Fault.LEADER_KILLED) {
                cluster.start(leader);
            } else if (fault == Fault.LEADER_STOPPED) {
                cluster.resume(leader);
            }
            cluster.awaitServing();
        }
    }

    private static @Nullable Long within(CompletableFuture<Long> moment, Duration patience)
            throws InterruptedException, ExecutionException {
        try {
            return moment.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        }
    }

    /** Two candidates of one kind, one leading and the other in line behind it. */
    private abstract static class Pair implements AutoCloseable {
        /** When the first knew that its leadership was over. */
        final CompletableFuture<Long> ended = new CompletableFuture<>();

        private final String prefix;

        Pair(String prefix) {
            this.prefix = prefix;
        }

        /** When the second began to lead. */
        abstract CompletableFuture<Long> began();

        String leadersKey(EtcdCluster cluster) {
            return cluster.etcdctl("get", "--prefix", "--keys-only", "--sort-by=CREATE", "--limit=1", prefix)
                    .strip();
        }

        void awaitLine(EtcdCluster cluster) throws InterruptedException {
            try (Line line = new Line(cluster.endpoints(), prefix)) {
                line.await(2);
            }
        }

        @Override
        public abstract void close();
    }

    private static final class Baton extends Pair {
        private final EtcdBackend one;
        private final EtcdBackend other;
        private final CompletableFuture<Long> began = new CompletableFuture<>();

        Baton(EtcdCluster cluster, ElectionTiming timing, String name) throws Exception {
            super("/baton/" + name + "/");
            one = EtcdBackend.builder(cluster.endpoints()).shutdownHook(false).build();
            other = EtcdBackend.builder(cluster.endpoints()).shutdownHook(false).build();
            CompletableFuture<Long> leads = new CompletableFuture<>();
            join(one, timing, name, leads, ended);
            leads.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            join(other, timing, name, began, new CompletableFuture<>());
            awaitLine(cluster);
        }

        private static void join(
                EtcdBackend backend,
                ElectionTiming timing,
                String name,
                CompletableFuture<Long> started,
                CompletableFuture<Long> over) {
            LeaderElection.on(backend, name)
                    .timing(timing)
                    .events(event -> {
                        if (event.type() == ElectionEvent.Type.TERM_STARTED) {
                            started.complete(event.at().nanos());
                        } else if (event.type() == ElectionEvent.Type.TERM_ENDED) {
                            over.complete(event.at().nanos());
                        }
                    })
                    .onStartedLeading(term -> {})
                    .start();
        }

        @Override
        CompletableFuture<Long> began() {
            return began;
        }

        @Override
        public void close() {
            other.close();
            one.close();
        }
    }

    private static final class Jetcd extends Pair {
        private final JetcdCandidate one;
        private final JetcdCandidate other;
        private final CompletableFuture<Long> began;

        Jetcd(EtcdCluster cluster, ElectionTiming timing, String name) throws Exception {
            super("/jetcd/" + name + "/");
            String election = "/jetcd/" + name;
            one = new JetcdCandidate(cluster.endpoints(), election, timing.leaseDuration(), this::end);
            other = new JetcdCandidate(cluster.endpoints(), election, timing.leaseDuration());
            String own = one.campaign()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .getKey()
                    .toString(UTF_8);
            one.observe(key -> {
                if (!key.equals(own)) {
                    end();
                }
            });
            began = other.campaign().thenApply(key -> System.nanoTime());
            awaitLine(cluster);
        }

        private void end() {
            ended.complete(System.nanoTime());
        }

        @Override
        CompletableFuture<Long> began() {
            return began;
        }

        @Override
        public void close() {
            other.close();
            one.close();
        }
    }
}
