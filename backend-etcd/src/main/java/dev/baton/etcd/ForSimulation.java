package dev.baton.etcd;

import dev.baton.etcd.internal.Clients;
import dev.baton.spi.BackendRuntime;

/** Makes the backend with another clock and simulated servers. Public for the simulator, not for users. */
public final class ForSimulation {
    private ForSimulation() {}

    /** Builds the backend that {@code builder} configures, on {@code runtime}, with channels from {@code clients}. */
    public static EtcdBackend backend(EtcdBackend.Builder builder, BackendRuntime runtime, Clients clients) {
        return new EtcdBackend(builder.settings(), runtime, clients);
    }
}
