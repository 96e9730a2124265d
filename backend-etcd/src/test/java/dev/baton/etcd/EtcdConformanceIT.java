package dev.baton.etcd;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import java.io.IOException;

/** The rules of the SPI, as anyone's backend is held to them, on one real member. */
class EtcdConformanceIT extends LockBackendConformance {
    @Override
    protected BackendHarness harness() throws IOException {
        return new EtcdHarness("etcd", backend -> backend);
    }
}
