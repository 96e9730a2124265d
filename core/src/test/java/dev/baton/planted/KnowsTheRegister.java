package dev.baton.planted;

import dev.baton.planted.register.KnowsTheEvents;

/** An API that knows one of its backends. */
public class KnowsTheRegister {
    public Object register() {
        return new KnowsTheEvents();
    }
}
