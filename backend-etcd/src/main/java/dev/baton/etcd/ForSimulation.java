package dev.baton.etcd;

import dev.baton.etcd.internal.Clients;
import dev.baton.spi.BackendRuntime;

/** The backend with another clock and other servers beneath it. Public for the simulator, not for users. */
public final class ForSimulation {
    private ForSimulation() {}

    /** What {@code builder} describes, on {@code runtime}, with channels from {@code clients}. */
    public static EtcdBackend backend(EtcdBackend.Builder builder, BackendRuntime runtime, Clients clients) {
        return new EtcdBackend(builder.settings(), runtime, clients);
    }
}
