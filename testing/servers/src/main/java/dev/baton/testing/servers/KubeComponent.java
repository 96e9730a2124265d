package dev.baton.testing.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of Kubernetes' own that elects a leader: {@code kube-scheduler} or {@code kube-controller-manager}, as an
 * administrator and without a port. It chooses its identity itself and tells no events: its log says that it leads.
 *
 * <p>Not safe for use by many threads.
 */
public final class KubeComponent {
    private final Program program;
    private final List<String> flags = new ArrayList<>();

    private KubeComponent(Program program, KubeApiServer server, String namespace, String name) {
        this.program = program;
        flags.add("--kubeconfig=" + server.kubeconfig());
        flags.add("--secure-port=0");
        flags.add("--leader-elect=true");
        flags.add("--leader-elect-resource-namespace=" + namespace);
        flags.add("--leader-elect-resource-name=" + name);
    }

    /** A scheduler that contends for the Lease {@code name}. */
    public static KubeComponent scheduler(KubeApiServer server, String namespace, String name) {
        return new KubeComponent(Program.KUBE_SCHEDULER, server, namespace, name);
    }

    /** A controller manager that contends for the Lease {@code name}, with next to no controllers. */
    public static KubeComponent controllerManager(KubeApiServer server, String namespace, String name) {
        KubeComponent made = new KubeComponent(Program.KUBE_CONTROLLER_MANAGER, server, namespace, name);
        made.flags.add("--controllers=ttl-after-finished-controller");
        return made;
    }

    /** leaseDuration, renewDeadline and retryPeriod. */
    public KubeComponent timing(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
        flags.add("--leader-elect-lease-duration=" + leaseDuration.toMillis() + "ms");
        flags.add("--leader-elect-renew-deadline=" + renewDeadline.toMillis() + "ms");
        flags.add("--leader-elect-retry-period=" + retryPeriod.toMillis() + "ms");
        return this;
    }

    /**
     * Starts it; returns before it contends.
     *
     * @throws org.opentest4j.TestAbortedException if there is none here; see {@link Program#path}
     */
    public CandidateProcess start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.path().toString());
        command.addAll(flags);
        return CandidateProcess.start(command);
    }
}
