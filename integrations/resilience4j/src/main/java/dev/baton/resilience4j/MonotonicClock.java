package dev.baton.resilience4j;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that starts at the wall clock's time and advances with the monotonic one: a circuit stays open for ten
 * seconds even when the wall clock is set.
 */
final class MonotonicClock extends Clock {
    private final Timekeeper time;
    private final Moment origin;
    private final ZoneId zone;

    private MonotonicClock(Timekeeper time, Moment origin, ZoneId zone) {
        this.time = time;
        this.origin = origin;
        this.zone = zone;
    }

    static MonotonicClock of(Timekeeper time) {
        return new MonotonicClock(time, time.now(), ZoneOffset.UTC);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new MonotonicClock(time, origin, other);
    }

    @Override
    public Instant instant() {
        return origin.plusNanos(time.now().nanosSince(origin)).wall();
    }
}
