package dev.baton.benchmarks.zookeeper;

import dev.baton.benchmarks.Measurement;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is measured on ZooKeeper, each on a server of its own. */
public final class ZooKeeperBenchmarks {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final ElectionTiming SHORT =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(500));

    private ZooKeeperBenchmarks() {}

    /** By name, in the order in which they run. */
    public static Map<String, Measurement> all() {
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put("handover", ZooKeeperBenchmarks::handover);
        all.put("failover", ZooKeeperBenchmarks::failover);
        all.put("scale", ZooKeeperBenchmarks::scale);
        all.put("ended-session", () -> endedSession(1));
        all.put("ended-session-of-three", () -> endedSession(3));
        return all;
    }

    private static boolean handover() throws Exception {
        try (ZooKeeperEnsemble server = ZooKeeperEnsemble.builder().start()) {
            return Handover.run(server.connectString(), ElectionTiming.DEFAULT, 200);
        }
    }

    private static boolean failover() throws Exception {
        try (ZooKeeperEnsemble server =
                ZooKeeperEnsemble.builder().tickTime(TICK).start()) {
            return Failover.run(server.connectString(), SHORT, TICK, 10);
        }
    }

    private static boolean scale() throws Exception {
        try (ZooKeeperEnsemble server = ZooKeeperEnsemble.builder().start()) {
            return Scale.run(server.connectString(), ElectionTiming.DEFAULT, 1_000, 30);
        }
    }

    private static boolean endedSession(int members) throws Exception {
        try (ZooKeeperEnsemble servers =
                ZooKeeperEnsemble.builder().members(members).start()) {
            return EndedSession.run(servers.connectString(), ElectionTiming.DEFAULT, 50);
        }
    }
}
