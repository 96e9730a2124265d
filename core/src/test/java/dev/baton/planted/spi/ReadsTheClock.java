package dev.baton.planted.spi;

import java.time.Instant;

/** Takes time, sleep and chance from where a virtual clock cannot reach. */
@SuppressWarnings("ThreadSleepMillis")
public final class ReadsTheClock {
    public long nanos() {
        return System.nanoTime();
    }

    public long millis() {
        return System.currentTimeMillis();
    }

    public double chance() {
        return Math.random();
    }

    public Instant instant() {
        return Instant.now();
    }

    public void sleep() throws InterruptedException {
        Thread.sleep(1);
    }
}
