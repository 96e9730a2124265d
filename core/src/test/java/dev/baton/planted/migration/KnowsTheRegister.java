package dev.baton.planted.migration;

import dev.baton.planted.register.KnowsTheEvents;

/** A migration that knows what its stores are made of. */
public final class KnowsTheRegister {
    public Object register() {
        return new KnowsTheEvents();
    }
}
