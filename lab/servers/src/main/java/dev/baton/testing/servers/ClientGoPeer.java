package dev.baton.testing.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A candidate that elects with client-go's {@code tools/leaderelection}: the program in {@code lab/client-go-peer}. It
 * contends once, as such candidates do, and ends with its leadership. Its timing is client-go's default unless set, and
 * when it is asked to end it stops its work and releases the lock.
 *
 * <p>Not safe for use by many threads.
 */
public final class ClientGoPeer {
    private final String namespace;
    private final String name;
    private final List<String> flags = new ArrayList<>();
    private Program program = Program.CLIENT_GO_PEER;
    private Path kubeconfig;

    private ClientGoPeer(KubeApiServer server, String namespace, String name) {
        this.namespace = namespace;
        this.name = name;
        this.kubeconfig = server.kubeconfig();
    }

    /** A candidate for the Lease {@code name}, as an administrator. */
    public static ClientGoPeer of(KubeApiServer server, String namespace, String name) {
        return new ClientGoPeer(server, namespace, name);
    }

    /**
     * Makes it one with client-go 0.23, on another lock.
     *
     * @param lock {@code endpoints}, {@code configmaps}, {@code leases}, {@code endpointsleases} or
     *     {@code configmapsleases}
     */
    public ClientGoPeer old(String lock) {
        program = Program.CLIENT_GO_OLD_PEER;
        flags.add("-lock=" + lock);
        return this;
    }

    /** leaseDuration, renewDeadline and retryPeriod. */
    public ClientGoPeer timing(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
        flags.add("-lease-duration=" + leaseDuration.toMillis() + "ms");
        flags.add("-renew-deadline=" + renewDeadline.toMillis() + "ms");
        flags.add("-retry-period=" + retryPeriod.toMillis() + "ms");
        return this;
    }

    /** Where and as whom it asks; by default the server itself, as an administrator. */
    public ClientGoPeer kubeconfig(Path file) {
        kubeconfig = file;
        return this;
    }

    /**
     * Starts it as {@code identity}, which needs no escape in JSON.
     *
     * @throws org.opentest4j.TestAbortedException if it cannot be compiled here; see {@link Program#path}
     */
    public CandidateProcess start(String identity) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.path().toString(),
                "-kubeconfig=" + kubeconfig,
                "-namespace=" + namespace,
                "-name=" + name,
                "-identity=" + identity));
        command.addAll(flags);
        return CandidateProcess.start(command);
    }
}
