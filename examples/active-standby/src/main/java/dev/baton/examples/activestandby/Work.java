package dev.baton.examples.activestandby;

import dev.baton.spi.FencingToken;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** The work of an instance. */
@FunctionalInterface
interface Work {

    /**
     * Works while allowed.
     *
     * @param token the token of each write
     * @param allowed whether the next piece of work may begin
     * @param over a latch that opens when the work should stop waiting
     * @throws IllegalStateException when a write was refused, because another candidate has led since
     */
    void run(FencingToken token, BooleanSupplier allowed, CountDownLatch over) throws IOException, InterruptedException;
}
