package dev.baton.campaign;

import dev.baton.campaign.Fault.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Draws faults from a seed: each once before any comes again, in another order each time. Two of three that strike one
 * candidate strike the leader. A fault lasts from a fifth of leaseDuration, which is survived, to nearly twice as long.
 */
final class Schedule {
    private static final double LEAST_LASTING = 0.2;
    private static final double MOST_LASTING = 1.8;
    private static final int LEAST_QUIET_MILLIS = 500;
    private static final int MOST_QUIET_MILLIS = 2_000;
    private static final int THREE = 3;
    private static final int ONE_BESIDE_IN = 4;

    private final List<Fault> faults;
    private final List<Fault> besides;
    private final int candidates;
    private final Duration leaseDuration;
    private final Random random;
    /** Apart from the other, which draws the same whether there are pairs or not. */
    private final Random besideRandom;

    private final Deque<Fault> deck = new ArrayDeque<>();

    /**
     * @param pairs whether two faults are made at once now and then
     * @throws IllegalArgumentException when there are no faults
     */
    Schedule(List<Fault> faults, boolean pairs, int candidates, Duration leaseDuration, long seed) {
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("there is no fault to make");
        }
        this.faults = List.copyOf(faults);
        this.besides = pairs ? faults.stream().filter(Schedule::mayBeBeside).toList() : List.of();
        this.candidates = candidates;
        this.leaseDuration = leaseDuration;
        this.random = new Random(seed);
        this.besideRandom = new Random(~seed);
    }

    Draw next() {
        if (deck.isEmpty()) {
            List<Fault> shuffled = new ArrayList<>(faults);
            Collections.shuffle(shuffled, random);
            deck.addAll(shuffled);
        }
        double lasting = LEAST_LASTING + random.nextDouble() * (MOST_LASTING - LEAST_LASTING);
        int quiet = LEAST_QUIET_MILLIS + random.nextInt(MOST_QUIET_MILLIS - LEAST_QUIET_MILLIS);
        Fault fault = deck.remove();
        return new Draw(
                fault,
                beside(fault),
                random.nextInt(THREE) != 0,
                random.nextInt(candidates),
                Duration.ofNanos((long) (lasting * leaseDuration.toNanos())),
                Duration.ofMillis(quiet));
    }

    /** A leader that was struck may have no connection by which its session could be found. */
    private static boolean mayBeBeside(Fault fault) {
        return fault.kind() == Kind.STORE || fault.kind() == Kind.HAND;
    }

    /** Never two of the store: what one strikes may be what the other asks who leads. */
    private Optional<Fault> beside(Fault fault) {
        boolean drawn = besideRandom.nextInt(ONE_BESIDE_IN) == 0;
        int which = besideRandom.nextInt(Math.max(1, besides.size()));
        return drawn && fault.strikesOne() && !besides.isEmpty() ? Optional.of(besides.get(which)) : Optional.empty();
    }
}
