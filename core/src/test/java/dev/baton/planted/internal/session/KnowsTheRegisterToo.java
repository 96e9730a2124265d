package dev.baton.planted.internal.session;

import dev.baton.planted.register.KnowsTheEvents;

/** A session that knows how registers elect. */
public final class KnowsTheRegisterToo {
    public Object register() {
        return new KnowsTheEvents();
    }
}
