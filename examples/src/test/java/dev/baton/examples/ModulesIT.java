package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that is a module, on each backend as far as that one's client library permits; docs/guide.md says what it takes.
 * The stores are not there: what matters is that every class is found on the way to them.
 */
@Timeout(300)
class ModulesIT {
    private static final String OF_TESTS =
            "surefire|junit|assertj|awaitility|opentest4j|byte-buddy|hamcrest|apiguardian|metrics-core|picocli|logback"
                    + "|baton-test|baton-testing|baton-conformance|curator-test";
    private static final String OF_ZOOKEEPER = "zookeeper|curator|snappy|audience-annotations|netty-tcnative";

    @TempDir
    Path folder;

    @Test
    void etcdIsReachedFor() throws Exception {
        String modules = modules(OF_TESTS + "|" + OF_ZOOKEEPER + "|kubernetes|k8s|jackson|snakeyaml");
        compile(modules, "dev.baton.etcd", "dev.baton.etcd.EtcdBackend.connect(\"127.0.0.1:1\")");
        assertThat(run(modules, "ALL-MODULE-PATH", Map.of())).contains("http://127.0.0.1:1");
    }

    @Test
    void kubernetesIsReachedFor() throws Exception {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: here
                clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: here, context: {cluster: here}}]
                """);
        String modules = modules(OF_TESTS + "|" + OF_ZOOKEEPER + "|etcd|grpc|netty|vertx|guava|protobuf|gson");
        compile(modules, "dev.baton.kubernetes", "dev.baton.kubernetes.KubernetesBackend.connect()");
        assertThat(run(modules, "ALL-MODULE-PATH,java.net.http", Map.of("KUBECONFIG", kubeconfig.toString())))
                .contains("http://127.0.0.1:1");
    }

    /** Two jars of ZooKeeper's share packages, which no module path may have. Once they do not, the guide is to say so. */
    @Test
    void zooKeepersOwnJarsAreNoModules() throws Exception {
        String modules = modules(OF_TESTS + "|etcd|grpc|kubernetes|k8s|vertx|guava");
        source("dev.baton.zookeeper", "dev.baton.zookeeper.ZooKeeperBackend.connect(\"127.0.0.1:1\")");
        List<String> printed = new ArrayList<>();
        assertThat(execute(printed, Map.of(), javac(modules))).isNotZero();
        assertThat(printed).anyMatch(line -> line.contains("package org.apache.zookeeper.server.quorum from both"));
    }

    private static String modules(String without) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(each -> each.endsWith(".jar"))
                .filter(each ->
                        !Path.of(each).getFileName().toString().matches("(" + without + ").*|.*-(" + without + ").*"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void source(String module, String backend) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("src/app"));
        Files.writeString(
                folder.resolve("src/module-info.java"),
                "module app { requires dev.baton.core; requires " + module + "; }");
        Files.writeString(sources.resolve("Main.java"), """
                package app;

                public final class Main {
                    public static void main(String[] arguments) throws InterruptedException {
                        var unreachable = new java.util.concurrent.CountDownLatch(1);
                        try (var backend = %s;
                                var election = dev.baton.LeaderElection.on(backend, "orders/reconciler")
                                        .onStartedLeading(term -> {})
                                        .events(event -> {
                                            if (event.type() == dev.baton.event.ElectionEvent.Type.UNREACHABLE) {
                                                System.out.println(event.detail());
                                                unreachable.countDown();
                                            }
                                        })
                                        .start()) {
                            unreachable.await();
                        }
                        System.exit(0);
                    }
                }
                """.formatted(backend));
    }

    private void compile(String modules, String module, String backend) throws Exception {
        source(module, backend);
        List<String> printed = new ArrayList<>();
        assertThat(execute(printed, Map.of(), javac(modules))).as("%s", printed).isZero();
    }

    private List<String> javac(String modules) {
        return List.of(
                "javac",
                "-p",
                modules,
                "-d",
                folder.resolve("classes").toString(),
                folder.resolve("src/module-info.java").toString(),
                folder.resolve("src/app/Main.java").toString());
    }

    private String run(String modules, String added, Map<String, String> environment) throws Exception {
        List<String> printed = new ArrayList<>();
        int code = execute(
                printed,
                environment,
                List.of(
                        "java",
                        "--add-modules",
                        added,
                        "-p",
                        modules + File.pathSeparator + folder.resolve("classes"),
                        "-m",
                        "app/app.Main"));
        assertThat(code).as("%s", printed).isZero();
        assertThat(printed).noneMatch(line -> line.contains("is missing"));
        return String.join("\n", printed);
    }

    private int execute(List<String> printed, Map<String, String> environment, List<String> command) throws Exception {
        Path output = Files.createTempFile(folder, "out", ".txt");
        List<String> whole = new ArrayList<>(command);
        whole.set(
                0,
                Path.of(System.getProperty("java.home"), "bin", command.get(0)).toString());
        ProcessBuilder builder =
                new ProcessBuilder(whole).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            int code = process.waitFor();
            printed.addAll(Files.readAllLines(output));
            return code;
        } finally {
            process.destroyForcibly();
        }
    }
}
