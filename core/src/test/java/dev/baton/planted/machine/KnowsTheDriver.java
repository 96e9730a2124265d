package dev.baton.planted.machine;

import dev.baton.planted.driver.KnowsTheApi;

/** A machine that knows its driver. */
public final class KnowsTheDriver {
    public Class<?> driver() {
        return KnowsTheApi.class;
    }
}
