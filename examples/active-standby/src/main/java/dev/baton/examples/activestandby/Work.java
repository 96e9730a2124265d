package dev.baton.examples.activestandby;

import dev.baton.spi.FencingToken;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** What an instance does while it may. */
@FunctionalInterface
interface Work {

    /**
     * Works until it is no longer allowed to.
     *
     * @param token what each write carries
     * @param allowed asked before each piece of work
     * @param over opens when there is nothing to wait for any more
     * @throws IllegalStateException when a write was refused, since another has led
     */
    void run(FencingToken token, BooleanSupplier allowed, CountDownLatch over) throws IOException, InterruptedException;
}
