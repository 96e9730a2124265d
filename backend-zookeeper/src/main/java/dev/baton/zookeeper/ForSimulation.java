package dev.baton.zookeeper;

import dev.baton.spi.BackendRuntime;
import dev.baton.zookeeper.internal.Clients;

/** The backend with another clock and other servers beneath it. Public for the simulator, not for users. */
public final class ForSimulation {
    private ForSimulation() {}

    /** What {@code builder} describes, on {@code runtime}, with sessions from {@code clients}. */
    public static ZooKeeperBackend backend(ZooKeeperBackend.Builder builder, BackendRuntime runtime, Clients clients) {
        return new ZooKeeperBackend(builder.settings(), runtime, clients);
    }
}
