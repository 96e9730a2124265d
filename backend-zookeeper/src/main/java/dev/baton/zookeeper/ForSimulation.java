package dev.baton.zookeeper;

import dev.baton.spi.BackendRuntime;
import dev.baton.zookeeper.internal.Clients;

/** Makes the backend with another clock and simulated servers. Public for the simulator, not for users. */
public final class ForSimulation {
    private ForSimulation() {}

    /** Builds the backend that {@code builder} configures, on {@code runtime}, with sessions from {@code clients}. */
    public static ZooKeeperBackend backend(ZooKeeperBackend.Builder builder, BackendRuntime runtime, Clients clients) {
        return new ZooKeeperBackend(builder.settings(), runtime, clients);
    }
}
