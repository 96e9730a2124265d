package dev.baton.benchmarks.etcd;

import dev.baton.benchmarks.Measurement;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdCluster;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured on etcd, each on a cluster of three members of its own that has nothing else to do, and forces what it
 * writes to the disk as a user's does.
 */
public final class EtcdBenchmarks {
    private static final ElectionTiming SHORT =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(500));

    private static final ElectionTiming SHORTER =
            ElectionTiming.of(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(400));

    private EtcdBenchmarks() {}

    /** By name, in the order in which they run. */
    public static Map<String, Measurement> all() {
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put("handover", () -> on(cluster -> Handover.run(cluster, ElectionTiming.DEFAULT, 200)));
        all.put("failover", () -> on(cluster -> Failover.run(cluster, SHORT, 24)));
        all.put("scale", () -> on(cluster -> Scale.run(cluster, ElectionTiming.DEFAULT, Duration.ofSeconds(30))));
        all.put(
                "faults",
                () -> Faults.run(SHORTER, Integer.getInteger("faults.rounds", 50), Long.getLong("faults.seed", 1)));
        return all;
    }

    private interface OnCluster {
        boolean run(EtcdCluster cluster) throws Exception;
    }

    private static boolean on(OnCluster measurement) throws Exception {
        try (EtcdCluster cluster =
                EtcdCluster.builder().members(3).flag("--unsafe-no-fsync=false").start()) {
            return measurement.run(cluster);
        }
    }
}
