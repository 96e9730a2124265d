package dev.baton.benchmarks;

import dev.baton.benchmarks.etcd.EtcdBenchmarks;
import dev.baton.benchmarks.kubernetes.KubernetesBenchmarks;
import dev.baton.benchmarks.zookeeper.ZooKeeperBenchmarks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the measurements named, {@code zookeeper/handover} say, or all of a store, {@code kubernetes} say, or all. Ends with 1
 * if a claim broke.
 */
public final class Benchmarks {
    private Benchmarks() {}

    private static Map<String, Measurement> all() {
        Map<String, Measurement> all = new LinkedHashMap<>();
        ZooKeeperBenchmarks.all().forEach((name, measurement) -> all.put("zookeeper/" + name, measurement));
        KubernetesBenchmarks.all().forEach((name, measurement) -> all.put("kubernetes/" + name, measurement));
        EtcdBenchmarks.all().forEach((name, measurement) -> all.put("etcd/" + name, measurement));
        return all;
    }

    public static void main(String[] args) throws Exception {
        boolean kept = true;
        for (Measurement measurement : named(all(), args)) {
            kept &= measurement.run();
        }
        System.exit(kept ? 0 : 1);
    }

    private static List<Measurement> named(Map<String, Measurement> all, String[] names) {
        List<Measurement> named = new ArrayList<>();
        for (String name : names) {
            List<Measurement> found = all.entrySet().stream()
                    .filter(one -> one.getKey().equals(name) || one.getKey().startsWith(name + "/"))
                    .map(Map.Entry::getValue)
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no benchmark \"" + name + "\"; there are " + String.join(", ", all.keySet()));
            }
            named.addAll(found);
        }
        return names.length == 0 ? List.copyOf(all.values()) : named;
    }
}
