package dev.baton.simulation;

import dev.baton.driver.ElectionDriver;
import dev.baton.driver.TermCallbacks;
import dev.baton.machine.CandidateConfig;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One run of one process with one candidate: production code on a machine of its own. */
final class Node {
    /** So many that those of a burst, one after another, take longer than a term lasts. */
    private static final int QUESTIONS = 64;

    private final World world;
    private final int slot;
    private final String name;
    private final CandidateConfig config;
    private final VirtualClock clock;
    private final SplittableRandom random;
    private final ElectionDriver driver;
    private final LockBackend backend;
    private final SimulatedRuntime runtime;
    private final int epoch;
    private final ArrayDeque<World.Event> deferred = new ArrayDeque<>();
    private final Map<String, Long> sentAt = new HashMap<>();
    private boolean alive = true;
    private boolean stalled;
    private boolean cutOff;
    private boolean wants = true;
    private boolean closing;
    private boolean stopped;
    private String where;
    private long calls;
    private long unsettledWrites;
    private long mostCalls;
    private long callsSince;
    private long awakeSince;
    private long decidedAt;
    private @Nullable Holder seen;
    private @Nullable LeaderRecord heard;
    private @Nullable LeaderRecord read;
    private long heardSince;
    private long newestRevision;
    private @Nullable FencingToken greatest;

    Node(World world, int slot, String name, CandidateConfig config, VirtualClock clock, SplittableRandom random) {
        this.world = world;
        this.slot = slot;
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.random = random;
        Mutant mutant = world.options().mutant();
        epoch = world.epoch();
        runtime = new SimulatedRuntime(this, random.split());
        LockBackend connected = world.contended().backend(this, runtime);
        TermCallbacks callbacks = mutant.planting().callbacks().apply(new SimulatedWork(this, random.split()), this);
        backend = connected;
        Invariants invariants = world.invariants();
        driver = new ElectionDriver(config, backend, callbacks, event -> {
            invariants.told(this, event);
            if (connected instanceof Mistakes.ReleasesOn hasty) {
                hasty.told(event);
            }
        });
        where = driver.status().where();
    }

    void start() {
        driver.start();
        driver.stopped().thenRun(() -> {
            stopped = true;
            world.trace(name, "its driver has stopped");
        });
    }

    World world() {
        return world;
    }

    int slot() {
        return slot;
    }

    CandidateConfig config() {
        return config;
    }

    VirtualClock clock() {
        return clock;
    }

    ElectionDriver driver() {
        return driver;
    }

    SplittableRandom random() {
        return random;
    }

    /** Its clocks, which run on while it is paused. */
    Moment now() {
        return clock.at(world.now());
    }

    /** The epoch that it was started with. */
    int epoch() {
        return epoch;
    }

    /** Whether it was started since the epoch was raised last; what others sent may still arrive. */
    boolean isOfThisEpoch() {
        return epoch == world.epoch();
    }

    /** Whether {@code nonce} is of a claim of this run. */
    boolean wrote(String nonce) {
        return nonce.startsWith(config.candidate());
    }

    // -- what happens to it ---------------------------------------------------------------------------------------

    boolean isAlive() {
        return alive;
    }

    boolean isStalled() {
        return stalled;
    }

    boolean isCutOff() {
        return cutOff;
    }

    void cutOff(boolean value) {
        cutOff = value;
    }

    void crash() {
        alive = false;
        deferred.clear();
    }

    /** Nothing of it runs until {@link #resume()}. */
    void stall() {
        stalled = true;
    }

    /** Something blocks its loop: a defect, where a pause is a misfortune. */
    void block(long nanos) {
        if (!stalled) {
            stalled = true;
            world.at(world.now() + nanos, null, this::goOn);
        }
    }

    /** When, in true time, the call that leaves now was decided on: the sender may have kept it waiting. */
    long decidedAt() {
        return decidedAt;
    }

    void decidedAt(long trueNanos) {
        decidedAt = trueNanos;
    }

    /** When, in true time, it last woke from a pause that was nobody's fault. */
    long awakeSince() {
        return awakeSince;
    }

    void defer(World.Event event) {
        deferred.add(event);
    }

    void resume() {
        awakeSince = world.now();
        goOn();
    }

    private void goOn() {
        stalled = false;
        while (!deferred.isEmpty()) {
            world.soon(deferred.remove());
        }
    }

    // -- what its user asks ---------------------------------------------------------------------------------------

    boolean contends() {
        return alive && wants && !closing;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether its driver owes nothing and runs nothing. */
    boolean isStopped() {
        return stopped;
    }

    void ask(Fault what) {
        switch (what) {
            case STEP_DOWN -> driver.stepDown();
            case PAUSE -> {
                wants = false;
                driver.pause();
            }
            case WITHDRAW -> {
                wants = false;
                driver.withdraw();
            }
            case CLOSE -> {
                closing = true;
                driver.close();
            }
            default -> throw new IllegalArgumentException(what + " is nothing that a user asks");
        }
    }

    /** Standbys' questions without end wait for the same sender. */
    void burst() {
        long renew = config.timing().renewDeadline().toNanos();
        long each = random.nextLong(renew / 16, renew / 8);
        runtime.burst(QUESTIONS, each);
    }

    /**
     * Closes its backend with the election still open: the election has {@code patience} nanoseconds to hand over, and its
     * term is over before the connection is closed.
     */
    void closeBackend(long patience, Runnable afterwards) {
        closing = true;
        runtime.register(new BackendRuntime.OpenElection() {
            @Override
            public CompletionStage<Void> closeAsync() {
                driver.close();
                return driver.stopped();
            }

            @Override
            public void abandon() {
                if (world.options().mutant().abandons()) {
                    driver.abandon();
                }
            }
        });
        long latest = world.clearAt() + Weather.AFTERMATH / 2 - world.now();
        runtime.closeWithin(Math.min(patience, latest), () -> {
            backend.close();
            world.invariants().closed(this);
            crash();
            afterwards.run();
        });
    }

    void askToContend() {
        wants = true;
        driver.resume();
    }

    /** Notes where its machine has gone since the last event. */
    void noteMove(Coverage.OfOneWorld coverage) {
        noteHolder(driver.status().holder());
        String to = driver.status().where();
        if (!to.equals(where)) {
            coverage.moved(where, to, world.weather().fresh());
            where = to;
        }
    }

    private void noteHolder(@Nullable Holder holder) {
        if (holder == null || holder.equals(seen)) {
            return;
        }
        seen = holder;
        FencingToken token = holder.token();
        boolean ours = holder.nonce() != null && wrote(holder.nonce());
        if (token != null && !ours && (greatest == null || token.isAfter(greatest))) {
            greatest = token;
        }
    }

    /** A write leaves, of which nothing is known yet. */
    void sendsWrite() {
        unsettledWrites++;
    }

    /** Whether the store has said for certain that a write which had left was not carried out, nor will be. */
    void settledWrite(boolean certain) {
        if (certain) {
            unsettledWrites--;
        }
    }

    /** Whether the store has refused, for certain, every write that this run has sent. */
    boolean hasWrittenNothing() {
        return unsettledWrites == 0;
    }

    /** A write of the claim with this nonce leaves now. */
    void sends(String nonce) {
        sentAt.put(nonce, now().nanos());
    }

    /** When, on its monotonic clock, it last sent a write of the claim with this nonce; null at other kinds of stores. */
    @Nullable Long sentAt(String nonce) {
        return sentAt.get(nonce);
    }

    /** Its watch has told it of {@code entry}, or of a deletion, at {@code revision}; what is older than it knows says nothing. */
    void hears(@Nullable Entry entry, long revision) {
        if (revision <= newestRevision) {
            return;
        }
        newestRevision = revision;
        if (entry == null) {
            return;
        }
        LeaderRecord record = entry.record();
        if (record.equals(read)) {
            heard = null;
        } else if (!record.equals(heard)) {
            heard = record;
            heardSince = world.now();
        }
    }

    /** An answer showed it {@code entry}, perhaps too late to be looked at. */
    void reads(Entry entry) {
        if (entry.revision() > newestRevision) {
            newestRevision = entry.revision();
            read = entry.record();
            // What it was told of before is not what it saw last any more.
            if (!read.equals(heard)) {
                heard = null;
            }
        }
    }

    /** The record that it was told of last, of those that it had not read before; or null. */
    @Nullable LeaderRecord heard() {
        return heard;
    }

    /** When, in true time, it was told of that record. */
    long heardSince() {
        return heardSince;
    }

    /** The greatest token that it has seen of others, or led with. */
    @Nullable FencingToken greatest() {
        return greatest;
    }

    void leads(FencingToken token) {
        greatest = token;
    }

    // -- what it costs --------------------------------------------------------------------------------------------

    void countCall() {
        long window = 30 * config.timing().retryPeriod().toNanos();
        if (world.now() - callsSince >= window) {
            callsSince = world.now();
            calls = 0;
        }
        calls++;
        mostCalls = Math.max(mostCalls, calls);
        world.invariants().called(this, calls);
    }

    long mostCalls() {
        return mostCalls;
    }

    @Override
    public String toString() {
        return name;
    }
}
