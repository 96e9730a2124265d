package dev.baton.etcd;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.io.IOException;

/** The rules of the SPI, as anyone's backend is held to them, on one real member. */
@FullLane("the kit on a real store takes minutes")
class EtcdConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new EtcdHarness();
    }
}
