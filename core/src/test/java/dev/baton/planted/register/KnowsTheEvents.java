package dev.baton.planted.register;

import dev.baton.planted.event.KnowsTheMachineToo;

/** A register that knows more than the SPI. */
public final class KnowsTheEvents {
    public Object event() {
        return new KnowsTheMachineToo();
    }
}
