package dev.baton.planted.event;

import dev.baton.planted.machine.KnowsTheDriver;

/** An event that knows the machine. */
public final class KnowsTheMachineToo {
    public KnowsTheDriver machine() {
        return new KnowsTheDriver();
    }
}
