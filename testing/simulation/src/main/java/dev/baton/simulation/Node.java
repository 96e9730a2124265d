package dev.baton.simulation;

import dev.baton.driver.ElectionDriver;
import dev.baton.driver.TermCallbacks;
import dev.baton.machine.CandidateConfig;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.ArrayDeque;
import java.util.SplittableRandom;

/** One run of one process with one candidate: production code on a machine of its own. */
final class Node {
    private final World world;
    private final int slot;
    private final String name;
    private final CandidateConfig config;
    private final VirtualClock clock;
    private final SplittableRandom random;
    private final ElectionDriver driver;
    private final ArrayDeque<World.Event> deferred = new ArrayDeque<>();
    private boolean alive = true;
    private boolean stalled;
    private boolean cutOff;
    private boolean wants = true;
    private boolean closing;
    private boolean stopped;
    private String where;
    private long calls;
    private long mostCalls;
    private long callsSince;

    Node(World world, int slot, String name, CandidateConfig config, VirtualClock clock, SplittableRandom random) {
        this.world = world;
        this.slot = slot;
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.random = random;
        Mutant mutant = world.options().mutant();
        BackendRuntime runtime = new SimulatedRuntime(this, random.split());
        LockBackend backend = world.contended().backend(this, runtime);
        TermCallbacks callbacks = mutant.around(new SimulatedWork(this, random.split()));
        Invariants invariants = world.invariants();
        driver = new ElectionDriver(config, backend, callbacks, event -> {
            invariants.told(this, event);
            mutant.told(event, backend);
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

    void defer(World.Event event) {
        deferred.add(event);
    }

    void resume() {
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

    void askToContend() {
        wants = true;
        driver.resume();
    }

    /** Notes where its machine has gone since the last event. */
    void noteMove(Coverage.OfOneWorld coverage) {
        String to = driver.status().where();
        if (!to.equals(where)) {
            coverage.moved(where, to, world.weather().fresh());
            where = to;
        }
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
