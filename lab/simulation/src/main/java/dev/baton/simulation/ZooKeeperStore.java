package dev.baton.simulation;

import dev.baton.simulation.zookeeper.Ensemble;
import dev.baton.simulation.zookeeper.Host;
import dev.baton.simulation.zookeeper.Server;
import dev.baton.simulation.zookeeper.SimulatedClients;
import dev.baton.simulation.zookeeper.Surroundings;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.ForSimulation;
import dev.baton.zookeeper.ZooKeeperBackend;
import dev.baton.zookeeper.internal.Line;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The store of a world whose candidates stand in line at ZooKeeper, and the faults that only its servers have. */
final class ZooKeeperStore implements StoreKind.Store, Surroundings {
    private static final List<Long> TICKS = List.of(2_000L, 1_500L, 1_000L, 500L, 200L);
    private static final String LINE = "/baton/" + World.ELECTION + "/";
    private static final String HEARTBEATS = "/baton/.heartbeat/";

    private static final Set<Fault> OF_NO_CONNECTION = Set.of(
            Fault.REQUEST_DUPLICATED,
            Fault.ERROR_AFTER_COMMIT,
            Fault.STORE_BUSY,
            Fault.WATCH_EVENT_LOST,
            Fault.WATCH_EVENT_SLOW,
            Fault.WATCH_STALLED,
            Fault.OPERATOR_BLANKS);

    /** Each permission of a node by itself, the quotas of folders, and servers that throttle or serve no watches. */
    static final Set<Fault> REFUSALS = Set.of(
            Fault.READING_DENIED,
            Fault.CREATING_DENIED,
            Fault.DELETING_DENIED,
            Fault.WRITING_DENIED,
            Fault.QUOTA_EXCEEDED,
            Fault.THROTTLED,
            Fault.WATCH_STALLED);

    /**
     * What can go wrong here. A connection delivers a packet once, in order, or breaks, so no request is repeated, no error
     * follows a commit but the loss of the connection, and no watch lags or is lost without that, save where permissions are
     * taken: of what a client may not read just then, its watches do not tell, and are used up.
     */
    static final Set<Fault> FAULTS = Arrays.stream(Fault.values())
            .filter(fault -> (!fault.isOfARegister()
                            && !fault.isOfEtcd()
                            && !fault.isRefusal()
                            && !OF_NO_CONNECTION.contains(fault))
                    || REFUSALS.contains(fault))
            .collect(Collectors.toUnmodifiableSet());

    private final World world;
    private final SplittableRandom random;
    private final ZooKeeperMutant mutant;
    private final List<ElectionTiming> timings;
    private final Map<Node, Host> processes = new HashMap<>();
    private final Duration tick;
    private final Ensemble ensemble;
    private final boolean throttles;
    private final boolean delaysTouches;
    private final boolean delaysConnections;
    private final boolean waits;

    ZooKeeperStore(World world, SplittableRandom random, ZooKeeperMutant mutant, List<ElectionTiming> timings) {
        this.world = world;
        this.random = random;
        this.mutant = mutant;
        this.timings = timings;
        List<Duration> fitting =
                TICKS.stream().map(Duration::ofMillis).filter(this::fits).toList();
        tick = fitting.get(Math.min(random.nextInt(fitting.size()), random.nextInt(fitting.size())));
        double worst = ElectionTiming.DEFAULT_CLOCK_DRIFT;
        double rate = random.nextBoolean() ? worst : random.nextDouble(-worst, worst);
        ensemble = new Ensemble(this, tick, rate);
        delaysTouches = random.nextBoolean();
        delaysConnections = random.nextBoolean();
        waits = random.nextInt(4) != 0;
        throttles = random.nextInt(4) == 0;
    }

    /** Whether all candidates could use servers with this tick. */
    private boolean fits(Duration candidate) {
        return timings.stream()
                .allMatch(timing -> timing.leaseDuration().compareTo(candidate.multipliedBy(2)) >= 0
                        && timing.scaledNanos(timing.leaseDuration()) - candidate.toNanos()
                                > 3.2 * timing.retryPeriod().toNanos());
    }

    @Override
    public void begin() {
        if (random.nextInt(4) != 0) {
            again(world.leaseNanos() / 8, this::loseRack);
        }
        if (delaysConnections) {
            again(world.leaseNanos() / 4, this::dropLeader);
        }
        maybe(2, () -> {
            if (world.weather().inject(Fault.LEADER_CHANGED)) {
                ensemble.changeLeader();
            }
        });
        maybe(1, this::cutFollowerOff);
        maybe(1, () -> takePermissions(false, world.leaseNanos()));
        if (world.weather().has(Fault.OPERATOR_DELETES)) {
            again(world.leaseNanos(), () -> operate(Fault.OPERATOR_DELETES));
            again(world.leaseNanos(), () -> operate(Fault.OPERATOR_REVOKES));
        }
        long shortest = timings.stream()
                .mapToLong(timing -> timing.leaseDuration().toNanos())
                .min()
                .orElseThrow();
        maybe(2, () -> {
            Duration most = Duration.ofNanos((long) (shortest * random.nextDouble(0.5, 1)));
            if (world.weather().inject(Fault.TIMEOUT_CUT)) {
                ensemble.grantAtMost(most);
            }
        });
        world.at(world.clearAt() + Weather.AFTERMATH / 2, null, () -> ensemble.grantAtMost(null));
    }

    /** Whoever leads needs another connection. */
    private void dropLeader() {
        Invariants.Reign leads = world.invariants().leader();
        Host process = leads == null ? null : processes.get(leads.node());
        Server server = process == null ? null : ensemble.serverOf(process);
        if (process != null && server != null && world.weather().inject(Fault.CONNECTION_LATE)) {
            server.drop(process);
        }
    }

    private void cutFollowerOff() {
        long spell = world.weather().spell();
        Server server = ensemble.any();
        if (ensemble.canLose(server) && world.weather().inject(Fault.FOLLOWER_CUT_OFF)) {
            ensemble.cutOff(server, spell);
        }
    }

    private void takePermissions(boolean justReading, long longest) {
        long most = world.clearAt() + Weather.AFTERMATH / 2 - world.now();
        if (world.weather().inject(Fault.PERMISSION_TAKEN)) {
            ensemble.takePermissions(justReading, Math.min(most, random.nextLong(longest)));
        }
    }

    /** Somebody deletes a claim, or ends its session; perhaps where those whom it concerns may not look. */
    private void operate(Fault fault) {
        if (!world.weather().inject(fault)) {
            return;
        }
        if (random.nextBoolean()) {
            takePermissions(true, 4 * world.leaseNanos());
        }
        if (ensemble.removeOneBelow(LINE, fault == Fault.OPERATOR_REVOKES)) {
            world.invariants().edited(fault.text());
        }
    }

    /** A node that is gone though its watch is silent is looked for within a leaseDuration, by the next renewal. */
    @Override
    public long deafness() {
        return 5 * world.leaseNanos() / 4;
    }

    /** Whoever leads goes under together with its server: a packet that was noted there may never be reported. */
    private void loseRack() {
        Invariants.Reign leads = world.invariants().leader();
        Host process = leads == null ? null : processes.get(leads.node());
        if (leads != null && process != null) {
            ensemble.afterNextBeat(
                    process,
                    waits ? leads.node().config().timing().renewDeadline().toNanos() : 0,
                    () -> loseRack(leads.node(), process, 0));
        }
    }

    /** @param grace for how long its server tells it what it knows by itself */
    private void loseRack(Node node, Host process, long grace) {
        long spell = Math.min(
                world.leaseNanos() + random.nextLong(world.leaseNanos()),
                world.clearAt() + Weather.AFTERMATH / 2 - world.now());
        Server server = ensemble.serverOf(process);
        if (spell > ensemble.answerNanos() + grace
                && server != null
                && !node.isCutOff()
                && ensemble.canLose(server)
                && world.weather().inject(Fault.RACK_LOST)) {
            ensemble.cutOff(server, spell);
            world.at(world.now() + ensemble.answerNanos() + grace, null, () -> node.cutOff(true));
            world.at(world.now() + spell, null, () -> node.cutOff(false));
        }
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

    /** How much longer than a register's the way back may be: reconnections, and sessions that have to end. */
    @Override
    public long patience() {
        return 3 * world.leaseNanos() + 8 * tick.toNanos();
    }

    /** The production backend, on this node's clock and these servers. */
    @Override
    public LockBackend backend(Node node, BackendRuntime runtime) {
        ZooKeeperBackend.Builder builder =
                ZooKeeperBackend.builder("simulated:2181").tickTime(mutant.tick(tick));
        Host process = process(node, runtime);
        processes.put(node, process);
        SimulatedClients clients = new SimulatedClients(this, ensemble, process, mutant);
        return mutant.open(() -> {
            LockBackend backend = ForSimulation.backend(builder, runtime, clients);
            backend.check(World.ELECTION, node.config().timing());
            return backend;
        });
    }

    private Host process(Node node, BackendRuntime runtime) {
        return new Host() {
            private int clients;

            @Override
            public void opened() {
                if (++clients > 1) {
                    throw world.violation(node + " keeps a second session with the same leaseDuration");
                }
            }

            @Override
            public void closed() {
                clients--;
            }

            @Override
            public Timekeeper time() {
                return runtime.timekeeper();
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
        };
    }

    /** Everybody was closed: whatever of theirs is in line now will be there for as long as their sessions live. */
    @Override
    public void checkNothingIsLeft() {
        for (String path : ensemble.paths()) {
            String nonce = path.startsWith(LINE) ? Line.nonceIn(path.substring(LINE.length())) : null;
            for (Node node : world.nodes()) {
                if (nonce != null && node.isAlive() && node.wrote(nonce)) {
                    throw world.violation(node + " was closed and has stopped, and left " + path + " behind");
                }
            }
        }
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
    public boolean losesRequest() {
        return world.weather().storeIsDown() || world.weather().strikes(Fault.REQUEST_LOST);
    }

    @Override
    public boolean losesReply() {
        return world.weather().strikes(Fault.REPLY_LOST);
    }

    @Override
    public boolean delaysTouch() {
        return delaysTouches
                && !world.weather().isClear()
                && random.nextInt(8) == 0
                && world.weather().inject(Fault.TOUCH_DELAYED);
    }

    @Override
    public boolean throttles() {
        return world.refusals().are(Fault.THROTTLED) || randomlyThrottles();
    }

    private boolean randomlyThrottles() {
        return throttles
                && !world.weather().isClear()
                && random.nextInt(8) == 0
                && world.weather().inject(Fault.THROTTLED);
    }

    @Override
    public boolean deniesReading(boolean listing) {
        return world.refusals().are(Fault.READING_DENIED)
                && switch (world.refusals().scope(Fault.READING_DENIED, 3)) {
                    case 0 -> listing;
                    case 1 -> !listing;
                    default -> true;
                };
    }

    @Override
    public boolean deniesCreating() {
        return world.refusals().are(Fault.CREATING_DENIED);
    }

    @Override
    public boolean deniesDeleting() {
        return world.refusals().are(Fault.DELETING_DENIED);
    }

    @Override
    public boolean deniesWriting() {
        return world.refusals().are(Fault.WRITING_DENIED);
    }

    @Override
    public boolean exceedsQuota(String path, boolean creates, int growth) {
        if (!world.refusals().are(Fault.QUOTA_EXCEEDED)) {
            return false;
        }
        boolean within = switch (world.refusals().scope(Fault.QUOTA_EXCEEDED, 3)) {
            case 0 -> path.startsWith(LINE);
            case 1 -> path.startsWith(HEARTBEATS);
            default -> true;
        };
        return within && (creates || growth > 0);
    }

    @Override
    public boolean stallsWatches() {
        return world.refusals().are(Fault.WATCH_STALLED);
    }

    @Override
    public boolean delaysConnection() {
        return delaysConnections
                && !world.weather().isClear()
                && random.nextBoolean()
                && world.weather().inject(Fault.CONNECTION_LATE);
    }

    /** Whoever leads may be cut off before a write is answered: then only the connection shows that its session lives. */
    @Override
    public void connectedLate(Host process) {
        Invariants.Reign leads = world.invariants().leader();
        if (leads != null
                && process.equals(processes.get(leads.node()))
                && !world.weather().isClear()
                && random.nextBoolean()) {
            long period = leads.node().config().timing().retryPeriod().toNanos();
            loseRack(leads.node(), process, random.nextLong(2 * period));
        }
    }

    @Override
    public void expired(String session, long id) {
        happened(session, id);
        world.weather().inject(Fault.SESSION_EXPIRED);
    }

    @Override
    public void happened(Object what, long hash) {
        world.trace("zk", what);
        world.mix(hash);
    }

    @Override
    public void gone(String path, long czxid, boolean byOperator) {
        if (path.startsWith(LINE) && byOperator) {
            world.invariants().removed(czxid);
        } else if (path.startsWith(LINE) && world.invariants().premise()) {
            world.invariants().gone(czxid);
        }
    }
}
