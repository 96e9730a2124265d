package dev.baton.planted.spi;

import dev.baton.planted.machine.KnowsTheDriver;

/** A word of the SPI that knows who uses it. */
public final class KnowsTheMachine {
    public Object machine() {
        return new KnowsTheDriver();
    }
}
