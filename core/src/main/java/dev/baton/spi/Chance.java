package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;

/**
 * The soonest that an acquire may be granted, as far as the backend knows: after a time, or only after a call of the
 * watcher. In either case the watcher may receive a better one later.
 */
public sealed interface Chance {

    /**
     * No acquire is granted sooner than this from now.
     *
     * @param pause counted on the receiver's clock; zero or less means at once
     */
    record After(Duration pause) implements Chance {
        public After {
            Required.given("pause", pause);
        }

        @Override
        public long nanos() {
            return Math.max(0, Moment.boundedNanos(pause));
        }

        /** {@code 1.5s}. */
        @Override
        public String toString() {
            return ElectionTiming.text(pause);
        }
    }

    /** The store notifies the watcher, by a line or a watch; no time is known. */
    record WhenTold() implements Chance {
        private static final WhenTold ONLY = new WhenTold();

        @Override
        public long nanos() {
            return Long.MAX_VALUE / 4;
        }

        /** {@code when told}. */
        @Override
        public String toString() {
            return "when told";
        }
    }

    /** After {@code pause}, from now. */
    static Chance after(Duration pause) {
        return new After(pause);
    }

    /** At once: the election may be free again. */
    static Chance now() {
        return new After(Duration.ZERO);
    }

    /** Only after a call of the watcher. */
    static Chance whenTold() {
        return WhenTold.ONLY;
    }

    /** How long to wait, in nanoseconds: 0 or more, at most {@link Long#MAX_VALUE} / 4, which stands for {@link #whenTold()} too. */
    long nanos();

    /** Whether there is nothing to wait for. */
    default boolean isNow() {
        return nanos() == 0;
    }

    /** The later of this and {@code other}; {@link #whenTold()} is later than any time. */
    default Chance orLater(Chance other) {
        return this instanceof WhenTold || (!(other instanceof WhenTold) && nanos() >= other.nanos()) ? this : other;
    }
}
