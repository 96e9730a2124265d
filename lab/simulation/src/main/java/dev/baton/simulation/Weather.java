package dev.baton.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which faults this world has, how often, and how long things take. Each seed draws a subset of the faults: a world in
 * which everything fails all the time hardly ever gets anywhere interesting.
 *
 * <p>When the weather clears, every fault is over: what is still under way arrives within {@link #AFTERMATH}.
 */
final class Weather {
    /** How long after the weather has cleared the last of what was delayed arrives. */
    static final long AFTERMATH = 1_000_000_000L;

    /** One world in so many has a fault that only a register suffers: the others are not to be crowded out. */
    private static final int RARELY = 4;

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final World world;
    private final SplittableRandom random;
    private final long leaseNanos;
    private final long latencyNanos;
    /** By fault: how often it strikes where it may, or a negative number where it does not exist. */
    private final double[] chances = new double[Fault.values().length];

    private final Map<Fault, Long> injected = new EnumMap<>(Fault.class);
    private final long[] injectedAt = new long[Fault.values().length];
    private final int[] drawn = new int[Fault.values().length];
    private final List<Strike> struck = new ArrayList<>();
    private final @Nullable Set<Strike> only;
    private long storeDownUntil;
    private long storeBusyUntil;
    private long writesRefusedUntil;

    Weather(World world, SplittableRandom random, long leaseNanos, boolean operators, boolean restores) {
        this.world = world;
        this.random = random;
        this.leaseNanos = leaseNanos;
        this.latencyNanos = world.options().isDirected() ? 100 * MICRO : random.nextLong(100 * MICRO, 20 * MILLI);
        List<Strike> allowed = world.options().only();
        this.only = allowed == null ? null : Set.copyOf(allowed);
        Arrays.fill(chances, -1);
        Arrays.fill(injectedAt, Long.MIN_VALUE / 2);
        boolean jumps = random.nextBoolean();
        for (Fault fault : Fault.values()) {
            if (!fault.isOfARegister() && !fault.isOfServers() && !fault.isRefusal()) {
                draw(fault, random, fault.breaksThePremise() ? operators : random.nextBoolean());
            }
        }
        if (world.options().kind().isRegister()) {
            SplittableRandom more = random.split();
            for (Fault fault : Fault.values()) {
                if (fault.isOfARegister()) {
                    boolean rare = more.nextInt(RARELY) == 0;
                    draw(fault, more, fault == Fault.RESTORE ? restores : fault.breaksThePremise() ? operators : rare);
                }
            }
        } else if (restores) {
            draw(Fault.RESTORE, random.split(), true);
        }
        // A suspended machine is deposed by its wall clock, so that must not go back at the same time.
        chances[(jumps ? Fault.MACHINE_SUSPENDED : Fault.WALL_CLOCK_JUMP).place()] = -1;
    }

    private void draw(Fault fault, SplittableRandom chance, boolean common) {
        double much = chance.nextDouble();
        if (common && !world.options().isDirected()) {
            chances[fault.place()] = much * much * 0.25;
        }
    }

    boolean has(Fault fault) {
        return chances[fault.place()] >= 0;
    }

    boolean isClear() {
        return world.now() >= world.clearAt();
    }

    /** Whether {@code fault}, which was drawn, happens now; notes that it does. */
    boolean inject(Fault fault) {
        Strike strike = new Strike(fault, ++drawn[fault.place()]);
        if (only != null && !only.contains(strike)) {
            return false;
        }
        struck.add(strike);
        injected.merge(fault, 1L, Long::sum);
        injectedAt[fault.place()] = world.now();
        world.trace("world", fault);
        world.mix(fault.name().hashCode());
        return true;
    }

    /** Whether {@code fault} strikes this time. */
    boolean strikes(Fault fault) {
        double chance = chances[fault.place()];
        if (chance < 0 || isClear() || random.nextDouble() >= chance) {
            return false;
        }
        return inject(fault);
    }

    /** What struck, in order. */
    List<Strike> struck() {
        return struck;
    }

    /** The faults that struck no longer than a lease ago, by {@link Fault#place()}. */
    BitSet fresh() {
        BitSet places = new BitSet(injectedAt.length);
        for (int fault = 0; fault < injectedAt.length; fault++) {
            if (world.now() - injectedAt[fault] <= leaseNanos) {
                places.set(fault);
            }
        }
        return places;
    }

    Map<Fault, Long> injected() {
        return injected;
    }

    // -- how long things take -------------------------------------------------------------------------------------

    /** A duration below {@code bound} that ends before the aftermath does. */
    long upTo(long bound) {
        long most = Math.min(bound, Math.max(MILLI, world.clearAt() + AFTERMATH - world.now()));
        return random.nextLong(most);
    }

    /** A few hundred microseconds, as between threads. */
    long moment() {
        return random.nextLong(300 * MICRO);
    }

    /** Up to a few leases, as a fault lasts. */
    long spell() {
        return upTo(2 * leaseNanos);
    }

    private long hop() {
        return latencyNanos / 2 + random.nextLong(latencyNanos);
    }

    long senderDelay() {
        return strikes(Fault.SENDER_STALLED) ? upTo(leaseNanos / 2) : random.nextLong(50 * MICRO);
    }

    /** How long a request is under way. */
    long requestDelay() {
        return strikes(Fault.REQUEST_LATE) ? spell() : hop();
    }

    /** How long a reply is under way. */
    long replyDelay() {
        return strikes(Fault.REPLY_SLOW) ? upTo(leaseNanos / 2) : hop();
    }

    long watchDelay() {
        return strikes(Fault.WATCH_EVENT_SLOW) ? upTo(leaseNanos) : hop();
    }

    // -- the store ------------------------------------------------------------------------------------------------

    boolean storeIsDown() {
        return world.now() < storeDownUntil;
    }

    /** Whether the store turns requests away just now, as it does for a while once it has begun. */
    boolean storeIsBusy() {
        if (world.now() >= storeBusyUntil && strikes(Fault.STORE_BUSY)) {
            storeBusyUntil = world.now() + Math.min(upTo(leaseNanos / 2), world.clearAt() - world.now());
        }
        return world.now() < storeBusyUntil || world.refusals().are(Fault.THROTTLED);
    }

    /** Whether the store refuses to write just now, as it does while a permission is taken or a quota is used up. */
    boolean writesAreRefused() {
        if (world.now() >= writesRefusedUntil && strikes(Fault.WRITES_REFUSED)) {
            writesRefusedUntil = world.now() + Math.min(upTo(leaseNanos), world.clearAt() - world.now());
        }
        return world.now() < writesRefusedUntil;
    }

    void takeStoreDown() {
        storeDownUntil = world.now() + Math.min(upTo(leaseNanos), world.clearAt() - world.now());
    }
}
