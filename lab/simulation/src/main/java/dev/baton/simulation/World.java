package dev.baton.simulation;

import dev.baton.event.ElectionEvent;
import dev.baton.machine.CandidateConfig;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One seed's world: a queue of events in virtual time, run one after another on one thread.
 *
 * <p>It has three ages. In the first, faults strike. Then the weather clears, and within {@link #patience()} one of
 * those who want to must lead for good. Last, everybody is closed, and within the same time must be gone without trace.
 */
final class World {
    static final ElectionName ELECTION = ElectionName.parse("orders/reconciler");

    private static final long MILLI = 1_000_000;
    private static final long RESTART = 500 * MILLI;
    private static final long MOST_EVENTS = 2_000_000;
    private static final long WALL_ORIGIN = 1_780_000_000_000_000_000L;

    /** Usual, fast, and with hardly any time to spare. */
    private static final List<ElectionTiming> TIMINGS = List.of(
            timing(15_000, 10_000, 2_000),
            timing(6_000, 4_000, 1_000),
            timing(5_000, 4_850, 500),
            timing(3_000, 2_900, 400),
            timing(4_000, 1_500, 1_000));

    private final long seed;
    private final Options options;
    private final EventQueue queue = new EventQueue();
    private final ArrayDeque<Event> ready = new ArrayDeque<>();
    private final Trace trace = new Trace();
    private final SplittableRandom random;
    private final List<ElectionTiming> timings = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Node[] current;
    private final Coverage.OfOneWorld coverage = new Coverage.OfOneWorld();
    private final Weather weather;
    private final Refusals refusals;
    private final SimulatedStore store;
    private final StoreKind.Store contended;
    private final SharedResource fenced;
    private final SharedResource unfenced;
    private final Invariants invariants;
    private final boolean twins;
    private final long takeoverNanos;
    private final long leaseNanos;
    private final long clearAt;
    private long now;
    private long order;
    private long events;
    private int epoch;
    private boolean over;
    private long recovery = -1;
    private @Nullable ViolationException violated;
    private final @Nullable Timeline timeline;

    World(long seed, Options options) {
        this(seed, options, null);
    }

    /** A world that is drawn as it goes. */
    World(long seed, Options options, @Nullable Timeline timeline) {
        this.timeline = timeline;
        this.seed = seed;
        this.options = options;
        random = new SplittableRandom(seed);
        int most = random.nextInt(12) == 0 ? 9 : 4;
        int usual = options.isDirected() ? 2 : 2 + random.nextInt(most - 1);
        int candidates = options.candidates() == 0 ? usual : options.candidates();
        current = new Node[candidates];
        boolean mixed = random.nextInt(4) == 0 && !options.isDirected();
        ElectionTiming drawn = TIMINGS.get(random.nextInt(TIMINGS.size()));
        ElectionTiming common = options.isDirected() ? nearest(options.rho()) : drawn;
        for (int i = 0; i < candidates; i++) {
            timings.add(mixed ? TIMINGS.get(random.nextInt(TIMINGS.size())) : common);
        }
        leaseNanos = timings.stream()
                .mapToLong(timing -> timing.leaseDuration().toNanos())
                .max()
                .orElseThrow();
        twins = random.nextInt(6) == 0;
        takeoverNanos = random.nextInt(6) == 0 && !options.isDirected() ? random.nextLong(leaseNanos / 2) : 0;
        clearAt = leaseNanos * 3 + random.nextLong(leaseNanos * 3);
        boolean operators = random.nextInt(12) == 0 && !options.isDirected();
        boolean restores =
                options.kind().hasBackups() && !options.isDirected() && !operators && random.nextInt(12) == 0;
        weather = new Weather(this, random.split(), leaseNanos, operators, restores);
        // From a stream of their own: a world without them is what it would be if there were none.
        refusals = new Refusals(this, new SplittableRandom(seed).split());
        invariants = new Invariants(this, !operators);
        store = new SimulatedStore(this, random.split());
        fenced = new SharedResource(true);
        unfenced = new SharedResource(false);
        contended = options.kind().open(this, random, timings);
    }

    /** The timing that tolerates just about this much. */
    private static ElectionTiming nearest(double rho) {
        return TIMINGS.stream()
                .min(Comparator.comparingDouble(timing -> Math.abs(timing.toleratedDrift() - rho)))
                .orElseThrow();
    }

    /** How much clocks may err here. */
    double drift() {
        return options.isDirected() ? options.rho() : ElectionTiming.DEFAULT_CLOCK_DRIFT;
    }

    private static ElectionTiming timing(long lease, long renew, long retry) {
        return ElectionTiming.of(Duration.ofMillis(lease), Duration.ofMillis(renew), Duration.ofMillis(retry));
    }

    // -- what there is --------------------------------------------------------------------------------------------

    long now() {
        return now;
    }

    Options options() {
        return options;
    }

    long clearAt() {
        return clearAt;
    }

    long leaseNanos() {
        return leaseNanos;
    }

    Weather weather() {
        return weather;
    }

    Refusals refusals() {
        return refusals;
    }

    SimulatedStore store() {
        return store;
    }

    /** What candidates contend at. */
    StoreKind.Store contended() {
        return contended;
    }

    SharedResource fenced() {
        return fenced;
    }

    SharedResource unfenced() {
        return unfenced;
    }

    Invariants invariants() {
        return invariants;
    }

    /** Who runs now, by slot. */
    List<Node> current() {
        return Arrays.asList(current);
    }

    List<Node> nodes() {
        return nodes;
    }

    void trace(String who, Object what) {
        trace.add(now, who, what);
        if (timeline != null && what instanceof Fault fault) {
            timeline.struck(now, who, fault);
        }
    }

    /** The node told this. */
    void told(Node node, ElectionEvent event) {
        trace(node.toString(), event);
        if (timeline != null) {
            timeline.told(now, node, event);
        }
    }

    void mix(long value) {
        trace.mix(value);
    }

    /** Notes that an invariant broke: the code under test may catch what is thrown at it. */
    ViolationException violation(String message) {
        if (violated == null) {
            violated = new ViolationException(message);
        }
        return violated;
    }

    /**
     * The longest that a world without faults may be without a leader, by the slowest clock. One after another: a drain
     * (renewDeadline), a call that runs into its timeout (half a renewDeadline) and is given up a retryPeriod later, the
     * backoff after it (up to a lease), the rest after a step-down or a bad start (up to a lease), the wait for a record
     * that its holder left behind (a lease), the takeover delay, and the last race (a retryPeriod).
     */
    long patience() {
        long longest = 0;
        for (ElectionTiming timing : timings) {
            long sum = timing.renewDeadline().toNanos() * 3 / 2
                    + 2 * timing.retryPeriod().toNanos()
                    + 3 * leaseNanos
                    + takeoverNanos;
            longest = Math.max(longest, sum);
        }
        return (long) (longest / (1 - drift())) + 2 * Weather.AFTERMATH + contended.patience();
    }

    // -- the queue ------------------------------------------------------------------------------------------------

    /** Something that happens at a time, to a process or to the world. */
    static final class Event {
        private final long at;
        private final long order;
        private final @Nullable Node node;
        private final Runnable task;
        private boolean cancelled;

        private Event(long at, long order, @Nullable Node node, Runnable task) {
            this.at = at;
            this.order = order;
            this.node = node;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
        }

        long at() {
            return at;
        }

        /** The how manieth it is. */
        long order() {
            return order;
        }
    }

    /** Runs {@code task} at {@code trueNanos}; of a process, unless it has crashed, or once it is resumed. */
    Event at(long trueNanos, @Nullable Node node, Runnable task) {
        Event event = new Event(Math.max(now, trueNanos), order++, node, task);
        queue.add(event);
        return event;
    }

    /** Runs {@code task} now, after what was to be run now before. */
    void soon(Node node, Runnable task) {
        ready.add(new Event(now, order++, node, task));
    }

    void soon(Event event) {
        ready.add(event);
    }

    /** Runs until all is over or an invariant breaks. */
    Outcome run() {
        String violation = null;
        try {
            begin();
            while (!over) {
                next();
            }
        } catch (ViolationException e) {
            violation = e.getMessage();
        } catch (RuntimeException e) {
            violation = "the code threw " + e + " at "
                    + Arrays.stream(e.getStackTrace()).limit(6).toList();
        }
        return new Outcome(
                seed,
                options,
                violation,
                violation == null ? List.of() : trace.lines(),
                events,
                invariants.terms(),
                trace.hash(),
                now,
                unfenced.corruptions(),
                nodes.stream().mapToLong(Node::mostCalls).max().orElse(0),
                recovery,
                weather.injected(),
                List.copyOf(weather.struck()),
                coverage);
    }

    private void next() {
        Event event = ready.isEmpty() ? queue.poll() : ready.poll();
        if (event == null) {
            throw new ViolationException("nothing is left to happen, and the world is not over");
        }
        Node node = event.node;
        if (event.cancelled || (node != null && !node.isAlive())) {
            return;
        }
        now = Math.max(now, event.at);
        if (node != null && node.isStalled()) {
            node.defer(event);
            return;
        }
        if (++events > MOST_EVENTS) {
            throw new ViolationException("more than " + MOST_EVENTS + " events: somebody is too busy");
        }
        trace.mix(now);
        event.task.run();
        if (node != null) {
            node.noteMove(coverage);
        }
        if (timeline != null) {
            timeline.sample(now, invariants.live());
        }
        invariants.check();
        if (violated != null) {
            throw violated;
        }
    }

    // -- the ages -------------------------------------------------------------------------------------------------

    private void begin() {
        for (int slot = 0; slot < current.length; slot++) {
            int place = slot;
            at(random.nextLong(1_000 * MILLI), null, () -> startNode(place));
        }
        new Adversary(this, random.split()).begin();
        contended.begin();
        refusals.begin();
        at(clearAt + Weather.AFTERMATH, null, this::clear);
    }

    /** The epoch that candidates are started with. */
    int epoch() {
        return epoch;
    }

    /** What has to be done after a restore: every candidate is stopped, and started with the next epoch. */
    void raiseEpoch() {
        trace("operator", "stops every candidate and raises the epoch");
        nodes.stream().filter(Node::isAlive).forEach(Node::crash);
        epoch++;
        invariants.raised();
        for (int slot = 0; slot < current.length; slot++) {
            int place = slot;
            at(now + random.nextLong(RESTART), null, () -> {
                if (current[place] == null || !current[place].isAlive()) {
                    startNode(place);
                }
            });
        }
    }

    /** Starts a new run of the candidate in {@code slot}. */
    void startNode(int slot) {
        int run = nodes.size();
        String identity = twins ? "twin" : "app-" + slot;
        Mutant mutant = options.mutant();
        HexFormat hex = HexFormat.of();
        String unique = hex.toHexDigits(random.nextInt()) + "-" + hex.toHexDigits((short) run) + "-4000-8000-";
        String nonce = mutant.nonce(identity, unique);
        ElectionTiming timing = mutant.timing(timings.get(slot));
        CandidateConfig config = new CandidateConfig(
                ELECTION, identity, nonce, timing, timing.renewDeadline(), Duration.ofNanos(takeoverNanos));
        Node node = new Node(this, slot, "app-" + slot + "#" + run, config, newClock(slot), random.split());
        nodes.add(node);
        current[slot] = node;
        mix(run);
        trace(node.toString(), "starts");
        if (timeline != null) {
            timeline.appears(node.toString());
        }
        node.start();
    }

    private VirtualClock newClock(int slot) {
        int tolerated = (int) Math.round(ElectionTiming.DEFAULT_CLOCK_DRIFT * 1_000_000);
        int worst = options.mutant().worstPpm(tolerated);
        int drawn =
                random.nextBoolean() ? (random.nextBoolean() ? worst : -worst) : random.nextInt(2 * worst + 1) - worst;
        int directed = (int) Math.round(options.rho() * (slot == 0 ? -1_000_000 : 1_000_000));
        int ppm = options.isDirected() ? directed : drawn;
        long monotonic = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
        long wall = WALL_ORIGIN + random.nextLong(-30_000 * MILLI, 30_000 * MILLI);
        return new VirtualClock(ppm, monotonic, wall);
    }

    /** All faults are over. */
    private void clear() {
        trace("world", "the weather has cleared");
        if (invariants.isAstray()) {
            raiseEpoch();
        }
        if (random.nextBoolean()) {
            current().stream()
                    .filter(node -> node != null && node.isAlive() && !node.isClosing())
                    .forEach(Node::askToContend);
        }
        if (weather.has(Fault.RESTORE)) {
            at(now + RESTART, null, () -> awaitLeader(now + patience(), null, 0));
        } else {
            awaitLeader(now + patience(), null, 0);
        }
    }

    private void awaitLeader(long deadline, Invariants.@Nullable Reign before, long since) {
        if (nodes.stream().noneMatch(Node::contends)) {
            closeAll();
            return;
        }
        Invariants.Reign leads = invariants.leader();
        long steady = leads != null && leads == before ? since : now;
        if (leads != null && now - steady >= leaseNanos) {
            recovery = recovery < 0 ? steady - clearAt : recovery;
            succeed(leads);
            return;
        }
        if (leads == null && now > deadline) {
            throw new ViolationException("nobody leads " + (now - clearAt) / MILLI
                    + " ms after the weather cleared, though somebody wants to");
        }
        at(now + leaseNanos / 20, null, () -> awaitLeader(deadline, leads, steady));
    }

    /** Where servers have refused, all who contend lead in turn before everybody is closed: none of them waits for ever. */
    private void succeed(Invariants.Reign leads) {
        if (!refusals.exist()) {
            closeAll();
            return;
        }
        leads.node().ask(Fault.CLOSE);
        awaitLeader(now + patience(), null, now);
    }

    private void closeAll() {
        nodes.stream().filter(node -> node.isAlive() && !node.isClosing()).forEach(node -> node.ask(Fault.CLOSE));
        awaitSilence(now + patience());
    }

    private void awaitSilence(long deadline) {
        boolean silent = nodes.stream().allMatch(node -> !node.isAlive() || node.isStopped());
        if (silent) {
            invariants.checkNothingIsLeft();
            contended.checkNothingIsLeft();
            over = true;
            return;
        }
        if (now > deadline) {
            Node node = nodes.stream()
                    .filter(other -> other.isAlive() && !other.isStopped())
                    .findFirst()
                    .orElseThrow();
            throw new ViolationException(node + " was closed and has not stopped: it is "
                    + node.driver().status().where() + ", in trouble: "
                    + node.driver().status().trouble() + "; the register shows " + store.entry());
        }
        at(now + leaseNanos / 20, null, () -> awaitSilence(deadline));
    }
}
