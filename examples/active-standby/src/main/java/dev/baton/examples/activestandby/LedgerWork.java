package dev.baton.examples.activestandby;

import dev.baton.spi.FencingToken;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Work that writes a line to the ledger each {@code period}.
 *
 * @param period the time from one line to the next
 */
record LedgerWork(Ledger ledger, String identity, Duration period) implements Work {

    @Override
    public void run(FencingToken token, BooleanSupplier allowed, CountDownLatch over)
            throws IOException, InterruptedException {
        while (allowed.getAsBoolean()) {
            ledger.append(token, identity);
            if (over.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        }
    }
}
