package dev.baton.examples.activestandby;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * The flags of kube-scheduler's election, with its names and defaults, except the name of the resource: on the
 * scheduler's own this service would keep the scheduler from leading.
 */
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class LeaderElectFlags {
    @Option(
            names = "--leader-elect",
            arity = "0..1",
            paramLabel = "BOOL",
            defaultValue = "true",
            fallbackValue = "true",
            description = "Work only as the elected leader; false for the only instance. Default: ${DEFAULT-VALUE}")
    boolean elect;

    @Option(
            names = "--leader-elect-lease-duration",
            paramLabel = "DURATION",
            defaultValue = "15s",
            description = "How long a standby waits for a silent leader. Default: ${DEFAULT-VALUE}")
    private Duration leaseDuration;

    @Option(
            names = "--leader-elect-renew-deadline",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "How long a leader leads without renewing. Default: ${DEFAULT-VALUE}")
    private Duration renewDeadline;

    @Option(
            names = "--leader-elect-retry-period",
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "How often a leader renews. Default: ${DEFAULT-VALUE}")
    private Duration retryPeriod;

    @Option(
            names = "--leader-elect-resource-lock",
            paramLabel = "KIND",
            defaultValue = "leases",
            description = "On Kubernetes: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    ResourceLock lock;

    @Option(
            names = "--leader-elect-resource-name",
            paramLabel = "NAME",
            defaultValue = "active-standby",
            description = "The name of the object to lock. Default: ${DEFAULT-VALUE}")
    private String name;

    @Option(
            names = "--leader-elect-resource-namespace",
            paramLabel = "NAMESPACE",
            defaultValue = "kube-system",
            description = "The namespace of that object. Default: ${DEFAULT-VALUE}")
    private String namespace;

    /** @throws IllegalArgumentException naming the values and the rule that they break */
    ElectionTiming timing() {
        return ElectionTiming.of(leaseDuration, renewDeadline, retryPeriod);
    }

    /** @throws IllegalArgumentException naming the value and the rule that it breaks */
    ElectionName election() {
        return new ElectionName(namespace, name);
    }

    /** The kinds of objects that can carry a record; two at once for a fleet that moves from one to the other. */
    enum ResourceLock {
        LEASES,
        ENDPOINTS,
        CONFIGMAPS,
        ENDPOINTSLEASES,
        CONFIGMAPSLEASES;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
