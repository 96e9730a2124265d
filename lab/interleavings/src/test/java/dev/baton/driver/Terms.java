package dev.baton.driver;

import dev.baton.machine.Term;
import dev.baton.machine.Validity;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.util.function.Consumer;

/** Terms without an election. */
public final class Terms {
    /** A term. */
    static final Term TERM = new Term(
            new Claim(new ElectionName("orders", "reconciler"), "app-1", "nonce-1", ElectionTiming.DEFAULT),
            new FencingToken(0, 7));

    private Terms() {}

    /** A term that began at 0, and is asked to drain by {@link #drain}. */
    public static LiveTerm until(long nanos, Timekeeper clock, Consumer<Term> expired) {
        return new LiveTerm(TERM, new Validity(new Moment(0, 0), new Moment(nanos, nanos)), clock, expired);
    }

    /** As the loop asks it to hand over. */
    public static void drain(LiveTerm term) {
        term.drain();
    }
}
