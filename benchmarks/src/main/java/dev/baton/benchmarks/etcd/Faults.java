package dev.baton.benchmarks.etcd;

import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdFault;
import dev.baton.testing.servers.FaultyEtcd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Pairs of candidates through a fault of the store, again and again: of ours and of jetcd's {@code Election}, on the same
 * cluster at the same time. Counted are the terms, and what must not be: tokens that do not grow, and two that lead.
 */
final class Faults implements AutoCloseable {
    private static final int PAIRS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofMillis(50);
    /** Clusters at a time. They wait most of the time. */
    private static final int LANES = Integer.getInteger("faults.lanes", 5);

    private final EtcdFault fault;
    private final ElectionTiming timing;
    private final FaultyEtcd etcd;
    private final SplittableRandom random;
    private final Side baton = new Side("Baton", BatonPair::new);
    private final Side jetcd = new Side("jetcd Election", JetcdPair::new);

    private interface Opener {
        Pair open(FaultyEtcd etcd, ElectionTiming timing, String name, int first);
    }

    private Faults(EtcdFault fault, ElectionTiming timing, long seed) throws Exception {
        this.fault = fault;
        this.timing = timing;
        this.random = new SplittableRandom(seed);
        this.etcd = FaultyEtcd.start(fault);
    }

    /**
     * Puts pairs through every fault, several clusters at a time, prints, and answers whether the claims hold: our tokens
     * grow, and no two of ours lead; where somebody has ended the claim of the one by hand, for no longer than
     * renewDeadline. The system property {@code faults.only} names faults, separated by commas, to leave out the others.
     *
     * @param seed of how long each fault lasts
     */
    static boolean run(ElectionTiming timing, int rounds, long seed) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "Through faults of etcd, %d rounds of each, %s, %d pairs of each kind, seed %d%n",
                rounds,
                timing,
                PAIRS,
                seed);
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (EtcdFault fault : faults(System.getProperty("faults.only", ""))) {
                all.add(lanes.submit(() -> run(fault, timing, rounds, seed)));
            }
            boolean kept = true;
            for (Future<Boolean> each : all) {
                kept &= each.get();
            }
            return kept;
        } finally {
            lanes.shutdownNow();
        }
    }

    private static List<EtcdFault> faults(String only) {
        List<EtcdFault> all = List.of(EtcdFault.values());
        if (only.isEmpty()) {
            return all;
        }
        List<String> names = List.of(only.split(",", -1));
        List<EtcdFault> named =
                all.stream().filter(fault -> names.contains(fault.text())).toList();
        if (named.size() != names.size()) {
            throw new IllegalArgumentException("not all of \"" + only + "\" are faults; there are "
                    + all.stream().map(EtcdFault::text).toList());
        }
        return named;
    }

    private static boolean run(EtcdFault fault, ElectionTiming timing, int rounds, long seed) throws Exception {
        try (Faults faults = new Faults(fault, timing, seed)) {
            faults.baton.open();
            faults.jetcd.open();
            faults.recover();
            for (int round = 0; round < rounds; round++) {
                faults.round(round);
            }
            faults.baton.close();
            faults.jetcd.close();
            boolean kept = faults.keeps();
            System.out.print("  " + fault.text() + System.lineSeparator()
                    + faults.baton.line(kept ? ": kept" : ": BROKEN")
                    + faults.jetcd.line(""));
            return kept;
        }
    }

    private void round(int round) {
        int way = busierWay();
        List<String> lines = new ArrayList<>();
        lines.addAll(baton.linesLedBy(way));
        lines.addAll(jetcd.linesLedBy(way));
        FaultyEtcd.Healing healing = etcd.inject(way, lines);
        try {
            if (!fault.isByHand()) {
                baton.pairs.get(round % PAIRS).handOver();
                jetcd.pairs.get(round % PAIRS).handOver();
            }
            pause(lasting());
        } finally {
            healing.heal();
        }
        recover();
    }

    /** Around leaseDuration, shorter and longer: short faults are survived, and those that end meanwhile are the tricky ones. */
    private Duration lasting() {
        if (!fault.lasts()) {
            return Duration.ZERO;
        }
        if (fault.isByHand()) {
            // All that it can do shows while it lasts.
            return timing.leaseDuration().multipliedBy(3).dividedBy(2);
        }
        return fault.least()
                .plusNanos(random.nextLong(
                        timing.leaseDuration().multipliedBy(3).dividedBy(2).toNanos()));
    }

    /** The way that most of our leaders go, so that there is something to lose on it. */
    private int busierWay() {
        return baton.leadersOn(0) >= baton.leadersOn(1) ? 0 : 1;
    }

    /** Returns when one of each pair leads and the other stands in line again. */
    private void recover() {
        if (!baton.recovers(PATIENCE)) {
            throw new IllegalStateException(
                    "nobody leads after " + fault.text() + ", or nobody stands in line behind the leader");
        }
        jetcd.recoverOrBeginAnew();
    }

    private boolean keeps() {
        Accounts.Verdict verdict = baton.verdict(Duration.ZERO);
        return verdict.regressions() == 0
                && verdict.longestOverlap() <= bound().toNanos()
                // The check itself: leaders that do not heed their end must be found out.
                && baton.verdict(heedless()).overlaps() > 0;
    }

    /** How much longer leaders that do not heed their end are taken to lead. */
    private Duration heedless() {
        return timing.leaseDuration();
    }

    private Duration bound() {
        return fault.isByHand() ? timing.renewDeadline() : Duration.ZERO;
    }

    private static void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        baton.close();
        jetcd.close();
        etcd.close();
    }

    /** The pairs of one kind. */
    private final class Side implements AutoCloseable {
        private final String name;
        private final Opener opener;
        private final List<Pair> pairs = new ArrayList<>();
        private final List<Accounts> accounts = new ArrayList<>();
        private int opened;

        Side(String name, Opener opener) {
            this.name = name;
            this.opener = opener;
        }

        void open() {
            while (pairs.size() < PAIRS) {
                pairs.add(another(pairs.size()));
            }
        }

        private Pair another(int first) {
            opened++;
            Pair pair = opener.open(etcd, timing, "faults/election-" + opened, first);
            accounts.add(pair.accounts());
            return pair;
        }

        List<String> linesLedBy(int way) {
            return pairs.stream()
                    .filter(pair -> !fault.isOfOneWay() || pair.leader().orElse(-1) == way)
                    .map(Pair::prefix)
                    .toList();
        }

        long leadersOn(int way) {
            return pairs.stream()
                    .filter(pair -> pair.leader().orElse(-1) == way)
                    .count();
        }

        boolean recovers(Duration patience) {
            long giveUp = System.nanoTime() + patience.toNanos();
            for (Pair pair : pairs) {
                while (pair.leader().isEmpty() || etcd.line(pair.prefix()).size() < 2) {
                    if (System.nanoTime() - giveUp > 0) {
                        return false;
                    }
                    pause(PROBE);
                }
            }
            return true;
        }

        /** Those that nothing comes of any more are given up, and others take their place. */
        void recoverOrBeginAnew() {
            if (!recovers(timing.leaseDuration().multipliedBy(2))) {
                for (int i = 0; i < PAIRS; i++) {
                    Pair pair = pairs.get(i);
                    if (pair.leader().isEmpty() || etcd.line(pair.prefix()).size() < 2) {
                        pair.close();
                        pairs.set(i, another(i));
                    }
                }
                recovers(PATIENCE);
            }
        }

        Accounts.Verdict verdict(Duration beyond) {
            return accounts.stream()
                    .map(each -> each.verdict(beyond.toNanos()))
                    .reduce(Accounts.Verdict.NOTHING, Accounts.Verdict::and);
        }

        String line(String verdict) {
            Accounts.Verdict all = verdict(Duration.ZERO);
            return String.format(
                    Locale.ROOT,
                    "    %-14s %4d terms, %d token regressions, %3d overlaps, %7.1f ms at most (bound %d), nobody led for"
                            + " %5d ms at most, %d pairs given up; heedless %d overlaps%s%n",
                    name,
                    all.terms(),
                    all.regressions(),
                    all.overlaps(),
                    all.longestOverlap() / 1e6,
                    bound().toMillis(),
                    TimeUnit.NANOSECONDS.toMillis(all.longestGap()),
                    opened - PAIRS,
                    verdict(heedless()).overlaps(),
                    verdict);
        }

        @Override
        public void close() {
            pairs.forEach(Pair::close);
            pairs.clear();
        }
    }
}
