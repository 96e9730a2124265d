package dev.baton.zookeeper;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** The rules of the SPI, as anyone's backend is held to them, on one real server. */
class ZooKeeperConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new ZooKeeperHarness();
    }
}
