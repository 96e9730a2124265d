package dev.baton.benchmarks;

import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.time.Duration;
import java.util.List;

/** Runs the measurements named, or all: {@code handover}, {@code failover}, {@code scale}. Ends with 1 if a claim broke. */
public final class Benchmarks {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final ElectionTiming SHORT =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(500));

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        List<String> named = args.length == 0 ? List.of("handover", "failover", "scale") : List.of(args);
        boolean kept = true;
        for (String name : named) {
            kept &= run(name);
        }
        System.exit(kept ? 0 : 1);
    }

    private static boolean run(String name) throws Exception {
        switch (name) {
            case "handover" -> {
                try (ZooKeeperEnsemble server = ZooKeeperEnsemble.builder().start()) {
                    return Handover.run(server.connectString(), ElectionTiming.DEFAULT, 200);
                }
            }
            case "failover" -> {
                try (ZooKeeperEnsemble server =
                        ZooKeeperEnsemble.builder().tickTime(TICK).start()) {
                    return Failover.run(server.connectString(), SHORT, TICK, 10);
                }
            }
            case "scale" -> {
                try (ZooKeeperEnsemble server = ZooKeeperEnsemble.builder().start()) {
                    return Scale.run(server.connectString(), ElectionTiming.DEFAULT, 1_000, 30);
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "there is no benchmark \"" + name + "\"; there are handover, failover and scale");
        }
    }
}
