package dev.baton.benchmarks.kubernetes;

import dev.baton.benchmarks.Measurement;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is measured on Kubernetes, all on one API server that has nothing else to do. */
public final class KubernetesBenchmarks {
    /** Whole seconds between renewals: client-go's standbys do not see two within one second. */
    private static final ElectionTiming SHORT =
            ElectionTiming.of(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(1));

    private KubernetesBenchmarks() {}

    /** By name, in the order in which they run. */
    public static Map<String, Measurement> all() {
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put("handover", () -> Handover.run(new Cluster("handover"), 200, 20));
        all.put("failover", () -> Failover.run(new Cluster("failover"), SHORT, 20));
        all.put("requests", () -> Requests.run(new Cluster("requests"), Duration.ofMinutes(1)));
        all.put("scale", () -> Scale.run(new Cluster("scale"), 1_000, Duration.ofMinutes(5)));
        all.put("outage", () -> Outage.run(new Cluster("outage"), 100));
        return all;
    }
}
