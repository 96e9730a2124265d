package dev.baton.examples.activestandby;

import dev.baton.etcd.EtcdBackend;
import dev.baton.examples.activestandby.LeaderElectFlags.ResourceLock;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.migration.DualBackend;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that choose the backend. */
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class StoreFlags {
    private static final String ETCD_HERE = "http://127.0.0.1:2379";
    private static final String ZOOKEEPER_HERE = "127.0.0.1:2181";

    enum Backend {
        KUBERNETES,
        ETCD,
        ZOOKEEPER,
        MEMORY;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--backend",
            paramLabel = "STORE",
            defaultValue = "kubernetes",
            description = "${COMPLETION-CANDIDATES}, the last for one process alone. Default: ${DEFAULT-VALUE}")
    private Backend backend;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Of Kubernetes. Default: as kubectl, else the pod's service account")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--endpoints",
            paramLabel = "ADDRESSES",
            description = "Of etcd or ZooKeeper, separated by commas. Default: " + ETCD_HERE + ", " + ZOOKEEPER_HERE)
    private @Nullable String endpoints;

    @Option(
            names = "--tick-time",
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "The tickTime of the ZooKeeper servers. Default: ${DEFAULT-VALUE}")
    private Duration tickTime;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Raised by one, everywhere, when the store was restored or replaced. Default: ${DEFAULT-VALUE}")
    private int epoch;

    @Option(
            names = "--raise-from",
            paramLabel = "REVISION",
            defaultValue = "0",
            description = "With two kinds of lock: where tokens get the next epoch. Default: ${DEFAULT-VALUE}")
    private long raiseFrom;

    /**
     * A backend that connects when first used, without a shutdown hook: the caller hands over when the process ends.
     *
     * @throws IllegalArgumentException when the flags do not fit together, or one of them is not valid
     */
    LockBackend open(ResourceLock lock) {
        if (backend != Backend.KUBERNETES && lock != ResourceLock.LEASES) {
            throw new IllegalArgumentException("--leader-elect-resource-lock " + lock
                    + " needs --backend kubernetes; leave it out for " + backend);
        }
        if (kubeconfig != null && backend != Backend.KUBERNETES) {
            throw new IllegalArgumentException("--kubeconfig needs --backend kubernetes; leave it out for " + backend);
        }
        if (endpoints != null && backend != Backend.ETCD && backend != Backend.ZOOKEEPER) {
            throw new IllegalArgumentException(
                    "--endpoints needs --backend etcd or zookeeper; leave it out for " + backend);
        }
        return switch (backend) {
            case KUBERNETES -> kubernetes(lock);
            case ETCD ->
                EtcdBackend.builder(endpoints == null ? ETCD_HERE : endpoints)
                        .epoch(epoch)
                        .shutdownHook(false)
                        .build();
            case ZOOKEEPER ->
                ZooKeeperBackend.builder(endpoints == null ? ZOOKEEPER_HERE : endpoints)
                        .tickTime(tickTime)
                        .epoch(epoch)
                        .shutdownHook(false)
                        .build();
            case MEMORY -> new RegisterBackend(InMemoryRegister.on(BackendRuntime.start("memory", false)), epoch);
        };
    }

    private LockBackend kubernetes(ResourceLock lock) {
        return switch (lock) {
            case LEASES -> kubernetes(KubernetesBackend.lease(), epoch);
            case ENDPOINTS -> kubernetes(KubernetesBackend.endpoints(), epoch);
            case CONFIGMAPS -> kubernetes(KubernetesBackend.configMap(), epoch);
            case ENDPOINTSLEASES -> thenLease(KubernetesBackend.endpoints());
            case CONFIGMAPSLEASES -> thenLease(KubernetesBackend.configMap());
        };
    }

    /** Both kinds at once, for a move from the annotation to the Lease, whose tokens have the next epoch. */
    private LockBackend thenLease(KubernetesBackend.Builder old) {
        return DualBackend.of(kubernetes(old, epoch), kubernetes(KubernetesBackend.lease(), epoch + 1), raiseFrom);
    }

    private LockBackend kubernetes(KubernetesBackend.Builder builder, int tokenEpoch) {
        if (kubeconfig != null) {
            builder.kubeconfig(kubeconfig);
        }
        return builder.epoch(tokenEpoch).shutdownHook(false).build();
    }
}
