package dev.baton.machine;

import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/** Closed; nothing is owed and nothing runs. */
record Stopped(Candidate candidate) implements State {

    @Override
    public State with(Candidate next) {
        return new Stopped(next);
    }

    @Override
    public @Nullable Moment wake() {
        return null;
    }
}
