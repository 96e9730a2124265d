package dev.baton.simulation;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Brings about the faults that strike whole processes, machines and networks, and asks what users ask. */
final class Adversary {
    private static final List<Fault> STRIKES = List.of(
            Fault.PARTITION,
            Fault.STORE_DOWN,
            Fault.CRASH,
            Fault.PROCESS_PAUSED,
            Fault.MACHINE_SUSPENDED,
            Fault.WALL_CLOCK_JUMP,
            Fault.STEP_DOWN,
            Fault.PAUSE,
            Fault.WITHDRAW,
            Fault.CLOSE,
            Fault.OPERATOR_DELETES,
            Fault.OPERATOR_BLANKS,
            Fault.REQUESTS_QUEUED,
            Fault.BACKEND_CLOSED,
            Fault.METADATA_EDITED,
            Fault.RECORD_RECREATED,
            Fault.OUTSIDER_LEADS,
            Fault.OPERATOR_APPOINTS,
            Fault.OPERATOR_CHANGES_NONCE,
            Fault.OPERATOR_SHORTENS,
            Fault.RESTORE);

    private static final long JUMP = 10_000_000_000L;

    private final World world;
    private final SplittableRandom random;

    Adversary(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    void begin() {
        if (world.options().isDirected()) {
            direct();
            return;
        }
        for (Fault fault : STRIKES) {
            if (world.weather().has(fault)) {
                long mean = (long) (world.leaseNanos() * (0.5 + 3 * random.nextDouble()));
                later(fault, mean);
            }
        }
    }

    /**
     * Brings the theorem's worst case about: a leader whose clock is slow is cut off at some moment of its round, and a
     * standby whose clock is fast waits for it. A leader with a fast clock is made to step down.
     */
    private void direct() {
        long wait = world.leaseNanos() / 2 + random.nextLong(world.leaseNanos());
        if (world.now() + wait >= world.clearAt()) {
            return;
        }
        world.at(world.now() + wait, null, () -> {
            Invariants.Reign leads = world.invariants().leader();
            if (leads != null && !leads.node().isCutOff()) {
                boolean slow = leads.node().slot() == 0;
                if (!slow) {
                    strike(Fault.STEP_DOWN, leads.node());
                } else if (world.weather().inject(Fault.PARTITION)) {
                    world.trace(leads.node().toString(), Fault.PARTITION);
                    leads.node().cutOff(true);
                    after(3 * world.leaseNanos(), () -> leads.node().cutOff(false));
                }
            }
            direct();
        });
    }

    private void later(Fault fault, long mean) {
        long wait = (long) (-mean * Math.log(1 - random.nextDouble()));
        if (world.now() + wait < world.clearAt()) {
            world.at(world.now() + wait, null, () -> {
                strike(fault);
                later(fault, mean);
            });
        }
    }

    private void strike(Fault fault) {
        switch (fault) {
            case STORE_DOWN -> {
                if (world.weather().inject(fault)) {
                    world.weather().takeStoreDown();
                }
            }
            case OPERATOR_DELETES,
                    OPERATOR_BLANKS,
                    OPERATOR_APPOINTS,
                    OPERATOR_CHANGES_NONCE,
                    OPERATOR_SHORTENS,
                    METADATA_EDITED,
                    RECORD_RECREATED -> operate(fault);
            case OUTSIDER_LEADS -> outsider();
            case RESTORE -> restore();
            default -> {
                Node victim = victim();
                if (victim != null) {
                    strike(fault, victim);
                }
            }
        }
    }

    /** Often the leader, for that is where it hurts. */
    private @Nullable Node victim() {
        Invariants.Reign leads = world.invariants().leader();
        Node node = leads != null && random.nextBoolean()
                ? leads.node()
                : world.current().get(random.nextInt(world.current().size()));
        return node == null || !node.isAlive() || node.isStalled() ? null : node;
    }

    private void strike(Fault fault, Node victim) {
        if ((victim.isClosing() && fault == Fault.CLOSE) || !world.weather().inject(fault)) {
            return;
        }
        world.trace(victim.toString(), fault);
        switch (fault) {
            case PARTITION -> {
                victim.cutOff(true);
                after(world.weather().spell(), () -> victim.cutOff(false));
            }
            case CRASH -> crash(victim);
            case REQUESTS_QUEUED -> victim.burst();
            case BACKEND_CLOSED ->
                victim.closeBackend(
                        random.nextLong(victim.config().timing().renewDeadline().toNanos()), () -> restart(victim));
            case PROCESS_PAUSED -> {
                victim.stall();
                after(world.weather().spell(), victim::resume);
            }
            case MACHINE_SUSPENDED -> {
                victim.stall();
                victim.clock().suspend(world.now());
                after(world.weather().spell(), () -> {
                    victim.clock().wake(world.now());
                    victim.resume();
                });
            }
            case WALL_CLOCK_JUMP -> victim.clock().jumpWall(world.now(), random.nextLong(-JUMP, JUMP));
            case PAUSE, WITHDRAW -> {
                victim.ask(fault);
                after(world.weather().spell(), () -> {
                    if (victim.isAlive() && random.nextInt(4) != 0) {
                        victim.askToContend();
                    }
                });
            }
            default -> victim.ask(fault);
        }
    }

    private void crash(Node victim) {
        victim.crash();
        restart(victim);
    }

    private void restart(Node victim) {
        if (world.now() < world.clearAt() && random.nextInt(4) != 0) {
            after(random.nextLong(world.leaseNanos()), () -> world.startNode(victim.slot()));
        }
    }

    private void after(long nanos, Runnable task) {
        world.at(Math.min(world.now() + nanos, world.clearAt() + Weather.AFTERMATH - 1), null, task);
    }

    private void operate(Fault fault) {
        Entry entry = world.store().entry();
        if (entry == null || !world.weather().inject(fault)) {
            return;
        }
        switch (fault) {
            case OPERATOR_DELETES -> world.store().edit(null);
            case METADATA_EDITED -> world.store().touch(false);
            case RECORD_RECREATED -> world.store().touch(true);
            default -> world.store().edit(edited(fault, entry.record()));
        }
    }

    private LeaderRecord edited(Fault fault, LeaderRecord was) {
        String holder = was.holderIdentity();
        String nonce = was.nonce();
        Duration lease = was.leaseDuration();
        switch (fault) {
            // Unreadable, or emptied by hand: to a client of the register both are a free record.
            case OPERATOR_BLANKS -> {
                holder = "";
                nonce = "";
                lease = Duration.ofSeconds(random.nextInt(2));
            }
            case OPERATOR_APPOINTS -> {
                // An appointment is a record that never stood before.
                Instant at = Instant.EPOCH.plusNanos(world.now());
                return new LeaderRecord("outsider", "", lease, at, at, was.transitions());
            }
            case OPERATOR_CHANGES_NONCE -> nonce = nonce.isEmpty() ? "" : "edited";
            default -> lease = Duration.ofNanos(1 + random.nextLong(Math.max(1, lease.toNanos())));
        }
        return new LeaderRecord(holder, nonce, lease, was.acquireTime(), was.renewTime(), was.transitions());
    }

    /** A client of another kind, that writes no nonce, takes a free record as it may, and is not heard of again. */
    private void outsider() {
        Entry entry = world.store().entry();
        if ((entry == null || entry.record().isFree()) && world.weather().inject(Fault.OUTSIDER_LEADS)) {
            Instant now = Instant.EPOCH.plusNanos(world.now());
            Duration lease = Duration.ofNanos(1 + random.nextLong(world.leaseNanos()));
            world.store().edit(new LeaderRecord("outsider", "", lease, now, now, 0));
        }
    }

    /**
     * The store goes back to a backup. Its operator knows that every candidate has to be stopped and started with the next
     * epoch, and does it soon, or only when the weather clears.
     */
    private void restore() {
        if (!world.weather().inject(Fault.RESTORE)) {
            return;
        }
        world.contended().restore();
        if (random.nextBoolean()) {
            after(random.nextLong(world.leaseNanos()), world::raiseEpoch);
        }
    }
}
