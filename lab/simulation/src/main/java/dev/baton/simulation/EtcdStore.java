package dev.baton.simulation;

import dev.baton.etcd.EtcdBackend;
import dev.baton.etcd.ForSimulation;
import dev.baton.etcd.internal.Entry;
import dev.baton.simulation.etcd.Cluster;
import dev.baton.simulation.etcd.Host;
import dev.baton.simulation.etcd.SimulatedClients;
import dev.baton.simulation.etcd.Surroundings;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The store of a world whose candidates stand in line at etcd, and the faults that only its servers have. */
final class EtcdStore implements StoreKind.Store, Surroundings {
    private static final long MILLI = 1_000_000;
    private static final List<Long> ELECTION_TIMEOUTS = List.of(1_000L, 500L, 500L, 2_500L);
    private static final String PREFIX = "/baton/";
    private static final String LINE = PREFIX + World.ELECTION + "/";
    private static final String SENTINELS = PREFIX + ".session/";

    /** A former leader that has answered is cut off from its client when so much time has passed. */
    private static final long ANSWERED = 150 * MILLI;

    private static final Set<Fault> OF_OTHERS = Set.of(
            Fault.REQUEST_DUPLICATED,
            Fault.WATCH_EVENT_LOST,
            Fault.TIMEOUT_CUT,
            Fault.TOUCH_DELAYED,
            Fault.CONNECTION_LATE,
            Fault.SESSION_EXPIRED,
            Fault.THROTTLED,
            Fault.OPERATOR_BLANKS);

    /** A role is given and taken for reading or for writing, and by ranges of keys. */
    static final Set<Fault> REFUSALS = Set.of(
            Fault.READING_DENIED,
            Fault.WRITING_DENIED,
            Fault.QUOTA_EXCEEDED,
            Fault.THROTTLED,
            Fault.ANSWERED_IN_BETWEEN);

    /** For a while, one request in so many is answered in between, or repeated. */
    private static final int ANSWERED_EVERY = 4;

    private static final List<Between> MEDDLING = List.of(Between.ANSWERS, Between.ANSWERS_AFTER, Between.REPEATS);

    /**
     * What can go wrong here. The client library repeats no request, since its retries are turned off, and a watch tells of
     * everything, in order, unless it falls silent.
     */
    static final Set<Fault> FAULTS = Arrays.stream(Fault.values())
            .filter(fault -> (!fault.isOfARegister() && !fault.isRefusal() && !OF_OTHERS.contains(fault))
                    || fault == Fault.RESTORE
                    || REFUSALS.contains(fault))
            .collect(Collectors.toUnmodifiableSet());

    private final World world;
    private final SplittableRandom random;
    private final EtcdMutant mutant;
    private final Map<Node, Computer> processes = new HashMap<>();
    private final long election;
    private final Cluster cluster;

    EtcdStore(World world, SplittableRandom random, EtcdMutant mutant) {
        this.world = world;
        this.random = random;
        this.mutant = mutant;
        election = ELECTION_TIMEOUTS.get(random.nextInt(ELECTION_TIMEOUTS.size())) * MILLI;
        cluster = new Cluster(this, election, ElectionTiming.DEFAULT_CLOCK_DRIFT, random.nextInt(4) == 0);
    }

    // -- what goes wrong ------------------------------------------------------------------------------------------

    @Override
    public void begin() {
        maybe(2, () -> {
            if (world.weather().inject(Fault.LEADER_CHANGED)) {
                cluster.changeLeader();
            }
        });
        maybe(3, () -> {
            if (world.weather().inject(Fault.QUORUM_LOST)) {
                cluster.loseLeader(spell());
            }
        });
        maybe(2, () -> {
            if (cluster.canLoseOne() && world.weather().inject(Fault.FOLLOWER_CUT_OFF)) {
                cluster.cutFollowerOff(spell());
            }
        });
        again(world.leaseNanos() / 2, this::stallLeader);
        maybe(1, () -> {
            if (world.weather().inject(Fault.STORE_COMPACTED)) {
                cluster.compact();
            }
        });
        maybe(1, () -> {
            if (world.weather().inject(Fault.WATCH_ENDED)) {
                cluster.endWatches();
            }
        });
        maybe(2, () -> {
            if (world.weather().inject(Fault.WATCH_REFUSED)) {
                cluster.refuseWatches(spell());
            }
        });
        maybe(2, () -> {
            if (world.weather().inject(Fault.PERMISSION_TAKEN)) {
                cluster.takePermission(Math.min(spell(), random.nextLong(world.leaseNanos())));
            }
        });
        if (world.weather().has(Fault.RESTORE)) {
            again(world.leaseNanos(), cluster::backUp);
        }
        if (world.weather().has(Fault.OPERATOR_DELETES)) {
            again(world.leaseNanos(), () -> operate(Fault.OPERATOR_DELETES));
            again(world.leaseNanos(), () -> operate(Fault.OPERATOR_REVOKES));
        }
    }

    /** A spell that ends before everything has to be well. */
    private long spell() {
        return Math.min(random.nextLong(2 * world.leaseNanos()), world.clearAt() + Weather.AFTERMATH / 2 - world.now());
    }

    /**
     * The leader of the cluster falls behind without knowing. Whoever leads the election may be cut off just as the former
     * leader has renewed its lease and come back, which is the worst moment, and hears of nobody else until then.
     */
    private void stallLeader() {
        if (!cluster.canLoseOne() || !world.weather().inject(Fault.LEADER_STALLED)) {
            return;
        }
        Invariants.Reign leads = world.invariants().leader();
        Computer process = leads == null || random.nextInt(4) == 0 ? null : processes.get(leads.node());
        if (leads == null || process == null) {
            cluster.stallLeader(spell());
            return;
        }
        Node node = leads.node();
        cluster.stallLeader(Math.max(spell(), spell()));
        cluster.isolateWithFormerLeader(process);
        long believed = node.config().timing().renewDeadline().toNanos();
        cluster.afterNextFalseRenewal(
                process, believed, () -> world.invariants().leader() == leads, () -> loseRack(node));
    }

    private void loseRack(Node node) {
        if (world.weather().isClear() || !world.weather().inject(Fault.RACK_LOST)) {
            return;
        }
        long most = world.clearAt() + Weather.AFTERMATH / 2;
        long spell = world.leaseNanos() + random.nextLong(world.leaseNanos());
        world.at(world.now() + 1 + random.nextLong(5 * MILLI), null, cluster::healFormerLeader);
        world.at(Math.min(most, world.now() + ANSWERED), null, () -> node.cutOff(true));
        world.at(Math.min(most, world.now() + ANSWERED + spell), null, () -> node.cutOff(false));
    }

    private void operate(Fault fault) {
        if (!world.weather().inject(fault)) {
            return;
        }
        boolean found = fault == Fault.OPERATOR_REVOKES
                ? cluster.revokeOneBelow(LINE)
                : cluster.deleteOneBelow(random.nextInt(4) == 0 ? SENTINELS : LINE);
        if (found) {
            world.invariants().edited(fault.text());
        }
    }

    @Override
    public void refuses(Fault refusal) {
        if (refusal == Fault.QUOTA_EXCEEDED) {
            cluster.fillUp(world.refusals().scope(refusal, 2) == 0 ? LINE : PREFIX);
        }
    }

    @Override
    public void restore() {
        world.invariants().restores(null, null);
        cluster.restore();
    }

    /** In half of the worlds, again and again, every few leases, until the weather clears. */
    private void maybe(int rarity, Runnable fault) {
        if (random.nextBoolean()) {
            again(rarity * world.leaseNanos() / 2, fault);
        }
    }

    private void again(long mean, Runnable fault) {
        long at = world.now() + (long) (-mean * Math.log(1 - random.nextDouble()));
        if (at < world.clearAt()) {
            world.at(at, null, () -> {
                fault.run();
                again(mean, fault);
            });
        }
    }

    /** How much longer than a register's the way back may be: elections, leases that have to end, watches found silent. */
    @Override
    public long patience() {
        return 3 * world.leaseNanos() + 8 * election;
    }

    /** Within two renewals a leader whose watch is silent looks for its claim. */
    @Override
    public long deafness() {
        return world.leaseNanos();
    }

    // -- the backends ---------------------------------------------------------------------------------------------

    /** The production backend, on this node's clock and these servers. */
    @Override
    public LockBackend backend(Node node, BackendRuntime runtime) {
        EtcdBackend.Builder builder = EtcdBackend.builder(String.join(",", cluster.endpoints()))
                .prefix(PREFIX)
                .epoch(node.epoch())
                .allowUnsafeServers(true);
        Computer process = new Computer(world, node, runtime.timekeeper());
        processes.put(node, process);
        SimulatedClients clients = new SimulatedClients(this, cluster, process, mutant);
        return mutant.open(() -> {
            LockBackend backend = ForSimulation.backend(builder, runtime, clients);
            backend.check(World.ELECTION, node.config().timing());
            return backend;
        });
    }

    private static final class Computer implements Host {
        private final World world;
        private final Node node;
        private final Timekeeper time;
        private int withdrawals;

        Computer(World world, Node node, Timekeeper time) {
            this.world = world;
            this.node = node;
            this.time = time;
        }

        @Override
        public Timekeeper time() {
            return time;
        }

        @Override
        public void at(long trueNanos, Runnable task) {
            world.at(trueNanos, node, task);
        }

        @Override
        public boolean isCutOff() {
            return node.isCutOff();
        }

        @Override
        public void called() {
            node.countCall();
        }

        @Override
        public int withdrawals() {
            return withdrawals;
        }
    }

    // -- what has to hold -----------------------------------------------------------------------------------------

    @Override
    public void withdrawn(Node node) {
        Computer process = processes.get(node);
        if (process != null) {
            process.withdrawals++;
            List<Entry> left = cluster.entriesOf(process, LINE);
            if (!left.isEmpty() && !world.invariants().isAstray()) {
                throw world.violation(
                        "the withdrawal of a claim of " + node + " was confirmed, and its key stands: " + left);
            }
        }
    }

    @Override
    public void writes(Host process, Entry entry, int withdrawalsThen) {
        // What a stopped run sent before a restore may land when the store's revisions come round to it.
        boolean current = process instanceof Computer computer && computer.node.isOfThisEpoch();
        if (world.invariants().isAstray() || !current) {
            return;
        }
        if (entry.key().startsWith(LINE) && withdrawalsThen < process.withdrawals()) {
            throw world.violation("a write of " + entry.key() + " by " + entry.value()
                    + " landed after the withdrawal of its claim had been confirmed");
        }
        if (entry.key().startsWith(SENTINELS) && cluster.keepsTwoSessions(process, SENTINELS)) {
            throw world.violation(entry.value() + " keeps a second lease with the same leaseDuration");
        }
    }

    @Override
    public void gone(Entry entry, boolean byOperator) {
        if (entry.key().startsWith(LINE) && byOperator) {
            world.invariants().removed(entry.created());
        } else if (entry.key().startsWith(LINE) && world.invariants().premise()) {
            world.invariants().gone(entry.created());
        }
    }

    /** Everybody was closed: whatever of theirs is in line now will be there for as long as their leases live. */
    @Override
    public void checkNothingIsLeft() {
        processes.forEach((node, process) -> {
            List<Entry> left = cluster.entriesOf(process, LINE);
            if (node.isAlive() && !left.isEmpty()) {
                throw world.violation(node + " was closed and has stopped, and left " + left + " behind");
            }
        });
    }

    // -- what the servers live in ---------------------------------------------------------------------------------

    @Override
    public long now() {
        return world.now();
    }

    @Override
    public void at(long trueNanos, Runnable task) {
        world.at(trueNanos, null, task);
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long requestDelay() {
        return world.weather().requestDelay();
    }

    @Override
    public long replyDelay() {
        return world.weather().replyDelay();
    }

    @Override
    public long watchDelay() {
        return world.weather().watchDelay();
    }

    @Override
    public boolean losesRequest() {
        return world.weather().storeIsDown() || world.weather().strikes(Fault.REQUEST_LOST);
    }

    @Override
    public boolean losesReply() {
        return world.weather().strikes(Fault.REPLY_LOST);
    }

    @Override
    public boolean failsAfterCommit() {
        return world.weather().strikes(Fault.ERROR_AFTER_COMMIT);
    }

    @Override
    public boolean isBusy() {
        return world.weather().storeIsBusy();
    }

    @Override
    public boolean isThrottled() {
        return world.refusals().are(Fault.THROTTLED);
    }

    @Override
    public boolean isFull() {
        return world.refusals().are(Fault.QUOTA_EXCEEDED);
    }

    @Override
    public Between between() {
        if (!world.refusals().are(Fault.ANSWERED_IN_BETWEEN) || world.refusals().choice(ANSWERED_EVERY) != 0) {
            return Between.PASSES;
        }
        return MEDDLING.get(world.refusals().choice(MEDDLING.size()));
    }

    @Override
    public boolean deniesReading(String key, boolean range) {
        return world.refusals().are(Fault.READING_DENIED)
                && switch (world.refusals().scope(Fault.READING_DENIED, 3)) {
                    case 0 -> covers(key, range, LINE);
                    case 1 -> covers(key, range, SENTINELS);
                    default -> range;
                };
    }

    /** Whether what is read at {@code key} is, or would be, one of {@code those} keys. */
    private static boolean covers(String key, boolean range, String those) {
        return key.startsWith(those) || (range && those.startsWith(key));
    }

    @Override
    public boolean deniesWriting(String key) {
        return world.refusals().are(Fault.WRITING_DENIED)
                && switch (world.refusals().scope(Fault.WRITING_DENIED, 3)) {
                    case 0 -> key.startsWith(LINE);
                    case 1 -> key.startsWith(SENTINELS);
                    default -> true;
                };
    }

    @Override
    public boolean stallsWatch() {
        return world.weather().strikes(Fault.WATCH_STALLED);
    }

    @Override
    public void expired(String lease, long id) {
        happened(lease, id);
        world.weather().inject(Fault.LEASE_EXPIRED);
    }

    @Override
    public void happened(Object what, long hash) {
        world.trace("etcd", what);
        world.mix(hash);
    }
}
