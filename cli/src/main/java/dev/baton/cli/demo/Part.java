package dev.baton.cli.demo;

import dev.baton.cli.store.Kind;
import dev.baton.etcd.EtcdBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command-line arguments of a candidate process.
 *
 * @param identity its name, unique to the process
 * @param kind the kind of store
 * @param address the address of ZooKeeper or etcd, or the kubeconfig
 * @param place ZooKeeper's base path, or etcd's prefix, below which the election is
 * @param election the election of all candidates
 * @param tick ZooKeeper's tickTime
 * @param timing the timing of the election
 * @param ledgerPort the ledger's port on loopback
 */
record Part(
        String identity,
        Kind kind,
        String address,
        String place,
        String election,
        Duration tick,
        ElectionTiming timing,
        int ledgerPort) {

    /** The part without identity and ledger, which come later. */
    static Part on(Kind kind, String address, String place, String election, Duration tick) {
        return new Part("", kind, address, place, election, tick, ElectionTiming.DEFAULT, 0);
    }

    Part with(ElectionTiming asked, int port) {
        return new Part(identity, kind, address, place, election, tick, asked, port);
    }

    Part named(String name) {
        return new Part(name, kind, address, place, election, tick, timing, ledgerPort);
    }

    /** The candidate's backend; it connects when first used. */
    LockBackend open() {
        return switch (kind) {
            case ZOOKEEPER ->
                ZooKeeperBackend.builder(address).basePath(place).tickTime(tick).build();
            case ETCD ->
                EtcdBackend.builder(address)
                        .prefix(place)
                        // The venue has checked the servers before.
                        .allowUnsafeServers(true)
                        .build();
            case K8S_LEASE, K8S_ENDPOINTS, K8S_CONFIGMAP ->
                // Events would remain in the cluster for an hour after the demo.
                kind.kubernetes(Path.of(address)).events(false).build();
        };
    }

    List<String> toArguments() {
        return List.of(
                "identity=" + identity,
                "kind=" + kind,
                "address=" + address,
                "place=" + place,
                "election=" + election,
                "tick=" + tick,
                "leaseDuration=" + timing.leaseDuration(),
                "renewDeadline=" + timing.renewDeadline(),
                "retryPeriod=" + timing.retryPeriod(),
                "ledgerPort=" + ledgerPort);
    }

    static Part parse(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            values.put(pair[0], pair[1]);
        }
        return new Part(
                value(values, "identity"),
                Kind.valueOf(value(values, "kind")),
                value(values, "address"),
                value(values, "place"),
                value(values, "election"),
                Duration.parse(value(values, "tick")),
                ElectionTiming.of(
                        Duration.parse(value(values, "leaseDuration")),
                        Duration.parse(value(values, "renewDeadline")),
                        Duration.parse(value(values, "retryPeriod"))),
                Integer.parseInt(value(values, "ledgerPort")));
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a candidate of the demo needs " + name + "=…; run baton demo instead");
        }
        return value;
    }
}
