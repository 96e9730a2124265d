package dev.baton.testing.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program that is published as a Go module: compiled by the Go toolchain of this machine, or found on it.
 *
 * <p>Another program is a line here and a {@code main.go} in the module folder that it names.
 */
public enum Program {
    /** The key-value store, which the API server keeps its objects in. */
    ETCD("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    /** Its command-line client. */
    ETCDCTL("etcdctl", "etcd", "go.etcd.io/etcd/etcdctl/v3"),
    /** The API server. */
    KUBE_APISERVER("kube-apiserver", "kubernetes", "k8s.io/kubernetes"),
    /** The scheduler, a client of the API server that elects a leader. */
    KUBE_SCHEDULER("kube-scheduler", "kubernetes", "k8s.io/kubernetes"),
    /** The controllers, another such client. */
    KUBE_CONTROLLER_MANAGER("kube-controller-manager", "kubernetes", "k8s.io/kubernetes"),
    /** The API server's command-line client. */
    KUBECTL("kubectl", "kubernetes", "k8s.io/kubernetes"),
    /** A candidate on Leases, with the client-go of the API server; see {@link ClientGoPeer}. */
    CLIENT_GO_PEER("client-go-peer", "client-go-peer/current", "k8s.io/client-go"),
    /** The same with the last client-go that had locks on Endpoints and ConfigMaps. */
    CLIENT_GO_OLD_PEER("client-go-old-peer", "client-go-peer/old", "k8s.io/client-go"),
    /** A candidate on etcd, with its own client in the version of the server; see {@link EtcdGoPeer}. */
    ETCD_PEER("etcd-peer", "etcd-peer", "go.etcd.io/etcd/client/v3");

    private final String command;
    private final String folder;
    private final String versionedBy;

    Program(String command, String folder, String versionedBy) {
        this.command = command;
        this.folder = folder;
        this.versionedBy = versionedBy;
    }

    /** The file name of the program. */
    public String command() {
        return command;
    }

    /** The folder of the Go module that compiles it. */
    String folder() {
        return folder;
    }

    /** Whether its source is in this source tree, and so may change while its version does not. */
    boolean isOurs() {
        return command.endsWith("-peer");
    }

    /** The module, among those that {@link #folder}'s requires, whose version is the program's. */
    String versionedBy() {
        return versionedBy;
    }

    /**
     * The program's binary: the one compiled here before; outside the fast lane, where there is a Go toolchain, the one that
     * it compiles, which takes minutes and is kept for later runs; otherwise the one in the folder {@code KUBEBUILDER_ASSETS},
     * or on the {@code PATH}, or, on Linux, the one that Docker copies out of the image of the same version.
     *
     * @throws org.opentest4j.TestAbortedException if there is none, outside the full lane, with what to do about it
     * @throws AssertionError if there is none, in the full lane
     */
    public Path path() {
        return path(System.getenv());
    }

    Path path(Map<String, String> environment) {
        List<String> reasons = new ArrayList<>();
        Optional<Path> found = compiled(environment, reasons)
                .or(() -> find(command, environment.get("KUBEBUILDER_ASSETS")))
                .or(() -> find(command, environment.get("PATH")))
                .or(() -> fromImage(environment, reasons));
        Requires.that(
                found.isPresent(),
                "the program " + command + " is missing: " + String.join("; ", reasons)
                        + "; install Go, with a module proxy in reach, and run mvn verify -Pfull, which compiles it, or let"
                        + " KUBEBUILDER_ASSETS or PATH name a folder that has it, or start Docker, with a registry in reach",
                environment);
        return found.orElseThrow();
    }

    /** Compiled before, or now; empty, with one more of {@code reasons}, where it is not and cannot be. */
    private Optional<Path> compiled(Map<String, String> environment, List<String> reasons) {
        try {
            Path binary = GoBuild.binary(this, environment);
            if (Files.isExecutable(binary)) {
                return Optional.of(binary);
            }
            Optional<Path> go = find("go", environment.get("PATH"));
            if (!Lane.of(environment).compiles()) {
                reasons.add("it was not compiled before, and the fast lane compiles nothing");
            } else if (go.isEmpty()) {
                reasons.add("there is no Go toolchain on the PATH to compile it with");
            } else {
                return Optional.of(new GoBuild(go.get(), environment).compiled(this));
            }
        } catch (IOException e) {
            reasons.add(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private Optional<Path> fromImage(Map<String, String> environment, List<String> reasons) {
        Optional<Path> docker = find("docker", environment.get("PATH"));
        if (docker.isEmpty() || !System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        try {
            return new ImageBinary(docker.get(), GoBuild.cache(environment)).binary(this);
        } catch (IOException e) {
            reasons.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<Path> find(String name, @Nullable String folders) {
        return Stream.of((folders == null ? "" : folders).split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
