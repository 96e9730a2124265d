package dev.baton.simulation;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What the servers of this world refuse, and when: each refusal by itself, for up to several leaseDurations, and given back
 * before everything has to be well. One world in three has some, all that
 * hunt a mistake which only refusals bring to light, and none that hunts another.
 */
final class Refusals {
    private static final int RARELY = 3;
    private static final int FROM_THE_BEGINNING = 4;
    private static final int MOST_LEASES = 3;
    private static final long SOON = 1_000_000_000L;

    private final World world;
    private final SplittableRandom random;
    private final Set<Fault> drawn = EnumSet.noneOf(Fault.class);
    private final Map<Fault, Span> newest = new EnumMap<>(Fault.class);

    /** @param scope what of all that the fault may mean is refused; whoever refuses makes of it what fits */
    private record Span(long until, int scope) {}

    Refusals(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        boolean drawsThem = random.nextInt(RARELY) == 0 && !world.options().isDirected();
        Planted planted = world.options().planted();
        boolean refuses = planted.isNothing() ? drawsThem : planted.isShownByRefusals();
        Set<Fault> possible = world.options().kind().refusals();
        for (Fault fault : Fault.values()) {
            if (possible.contains(fault) && random.nextBoolean() && refuses) {
                drawn.add(fault);
            }
        }
    }

    /** Whether anything is refused at any time. */
    boolean exist() {
        return !drawn.isEmpty();
    }

    void begin() {
        for (Fault fault : drawn) {
            boolean soon = random.nextInt(FROM_THE_BEGINNING) == 0;
            later(fault, soon ? random.nextLong(SOON) : pause());
        }
    }

    private long pause() {
        return (long) (-2 * world.leaseNanos() * Math.log(1 - random.nextDouble()));
    }

    private void later(Fault fault, long wait) {
        long at = world.now() + wait;
        if (at < world.clearAt()) {
            world.at(at, null, () -> {
                refuse(fault);
                later(fault, pause());
            });
        }
    }

    private void refuse(Fault fault) {
        long length = random.nextLong(MOST_LEASES * world.leaseNanos());
        int scope = random.nextInt(Integer.MAX_VALUE);
        if (world.weather().inject(fault)) {
            long until = Math.min(world.now() + length, world.clearAt() + Weather.AFTERMATH / 2);
            newest.put(fault, new Span(until, scope));
            world.contended().refuses(fault);
        }
    }

    /** Whether that is refused now. */
    boolean are(Fault fault) {
        Span span = newest.get(fault);
        return span != null && world.now() < span.until();
    }

    /** Which of {@code kinds} of it, from 0, the newest refusal is. */
    int scope(Fault fault, int kinds) {
        Span span = newest.get(fault);
        return span == null ? 0 : span.scope() % kinds;
    }

    /** A choice within a refusal, which disturbs no other. */
    int choice(int bound) {
        return random.nextInt(bound);
    }
}
