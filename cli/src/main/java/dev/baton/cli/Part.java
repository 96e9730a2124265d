package dev.baton.cli;

import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a candidate process is told on its command line.
 *
 * @param identity its name, unique to the process
 * @param endpoints ZooKeeper's address
 * @param basePath below which the election is
 * @param tick the servers' tickTime
 * @param timing of the election
 * @param ledgerPort where the ledger listens on loopback
 */
record Part(String identity, String endpoints, String basePath, Duration tick, ElectionTiming timing, int ledgerPort) {

    /** The election that they all contend in. */
    static final String ELECTION = "demo/reconciler";

    Part named(String name) {
        return new Part(name, endpoints, basePath, tick, timing, ledgerPort);
    }

    List<String> toArguments() {
        return List.of(
                "identity=" + identity,
                "endpoints=" + endpoints,
                "basePath=" + basePath,
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
                value(values, "endpoints"),
                value(values, "basePath"),
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
