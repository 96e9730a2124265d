package dev.baton.machine;

import dev.baton.spi.Chance;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/** Closed; nothing is owed and nothing runs. */
record Stopped(Knowledge knowledge) implements State {

    @Override
    public String name() {
        return "stopped";
    }

    @Override
    public State with(Knowledge next) {
        return new Stopped(next);
    }

    @Override
    public @Nullable Moment wake() {
        return null;
    }

    /** Ignores what the watcher receives until the observation has ended. */
    @Override
    public State watching(boolean live, Moment now, Effects effects) {
        return this;
    }

    @Override
    public State held(Holder holder, Chance chance, Moment now, Effects effects) {
        return this;
    }

    @Override
    public State vacant(Moment now, Effects effects) {
        return this;
    }
}
