package dev.baton.conformance;

import dev.baton.spi.LockBackend;

/** What a test does to an instance. */
interface Act {
    void on(LockBackend backend) throws Exception;
}
