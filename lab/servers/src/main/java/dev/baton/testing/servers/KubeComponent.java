package dev.baton.testing.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A program of Kubernetes' own that elects a leader: {@code kube-scheduler} or {@code kube-controller-manager}. It
 * chooses its identity itself and tells no events: its log says that it leads.
 *
 * <p>Alone, it is an administrator and has no port; as part of a {@link ControlPlane} it is the user that Kubernetes
 * means it to be, and a port of loopback tells how it is.
 *
 * <p>Not safe for use by many threads.
 */
public final class KubeComponent {
    /** The time, from the month on, and the words. */
    private static final Pattern ACQUIRED = Pattern.compile("(?m)^I(\\d{4} [0-9:.]+) .*[sS]uccessfully acquired lease");

    private final Program program;
    private final List<String> flags = new ArrayList<>();

    private KubeComponent(Program program, Path kubeconfig) {
        this.program = program;
        flags.add("--kubeconfig=" + kubeconfig);
        flags.add("--leader-elect=true");
    }

    private static KubeComponent alone(Program program, KubeApiServer server, String namespace, String name) {
        KubeComponent made = new KubeComponent(program, server.kubeconfig());
        made.flags.add("--secure-port=0");
        made.flags.add("--leader-elect-resource-namespace=" + namespace);
        made.flags.add("--leader-elect-resource-name=" + name);
        return made;
    }

    /** A scheduler that contends for the Lease {@code name}. */
    public static KubeComponent scheduler(KubeApiServer server, String namespace, String name) {
        return alone(Program.KUBE_SCHEDULER, server, namespace, name);
    }

    /** A controller manager that contends for the Lease {@code name}, with next to no controllers. */
    public static KubeComponent controllerManager(KubeApiServer server, String namespace, String name) {
        KubeComponent made = alone(Program.KUBE_CONTROLLER_MANAGER, server, namespace, name);
        made.flags.add("--controllers=ttl-after-finished-controller");
        return made;
    }

    /**
     * A scheduler of the cluster, for the Lease that all schedulers contend for.
     *
     * @param keys whose certificate it shows at {@code port} of loopback
     */
    static KubeComponent scheduler(Path kubeconfig, KubeFolder keys, int port) {
        return new KubeComponent(Program.KUBE_SCHEDULER, kubeconfig).serving(keys, port);
    }

    /** A controller manager of the cluster, with all its controllers; as {@link #scheduler(Path, KubeFolder, int)}. */
    static KubeComponent controllerManager(Path kubeconfig, KubeFolder keys, int port) {
        KubeComponent made = new KubeComponent(Program.KUBE_CONTROLLER_MANAGER, kubeconfig).serving(keys, port);
        // Each controller has a role of its own; the controller manager's does not allow what they do.
        made.flags.add("--use-service-account-credentials=true");
        return made;
    }

    private KubeComponent serving(KubeFolder keys, int port) {
        flags.add("--bind-address=127.0.0.1");
        flags.add("--secure-port=" + port);
        flags.add("--tls-cert-file=" + keys.certificateFile());
        flags.add("--tls-private-key-file=" + keys.certificateKeyFile());
        return this;
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
        return CandidateProcess.start(command());
    }

    /** When it was last elected, in a form that sorts, from what it printed since it was started; it ends when deposed. */
    static Optional<String> electedAt(String printed) {
        return ACQUIRED.matcher(printed).results().map(found -> found.group(1)).reduce((earlier, later) -> later);
    }

    /** What starts it. */
    List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(program.path().toString());
        command.addAll(flags);
        return command;
    }
}
