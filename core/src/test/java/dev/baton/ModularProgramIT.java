package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** A program that is a module compiles and runs with what a dependency on the jar brings, and nothing else. */
class ModularProgramIT {
    @TempDir
    Path folder;

    @Test
    void compilesAndLeads() throws Exception {
        Path sources = Files.createDirectories(folder.resolve("src/app"));
        Files.writeString(folder.resolve("src/module-info.java"), "module app { requires dev.baton.core; }\n");
        Files.writeString(sources.resolve("Main.java"), """
                package app;

                import dev.baton.LeaderElection;
                import dev.baton.register.InMemoryRegister;
                import java.util.concurrent.CountDownLatch;

                public final class Main {
                    public static void main(String[] arguments) throws InterruptedException {
                        CountDownLatch led = new CountDownLatch(1);
                        try (var backend = InMemoryRegister.open();
                                var election = LeaderElection.on(backend, "orders/reconciler")
                                        .onStartedLeading(term -> led.countDown())
                                        .start()) {
                            led.await();
                            System.out.println("led with token " + election.leadership().orElseThrow().fencingToken());
                        }
                    }
                }
                """);
        String path = Stream.of(jar(), place(Logger.class), place(Nullable.class))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = folder.resolve("classes");

        run(
                "javac",
                "-Xlint:all,-requires-automatic",
                "-Werror",
                "-p",
                path,
                "-d",
                classes.toString(),
                folder.resolve("src/module-info.java").toString(),
                sources.resolve("Main.java").toString());
        String printed = run("java", "-p", path + File.pathSeparator + classes, "-m", "app/app.Main");
        assertThat(printed).contains("led with token ");
    }

    private static Path jar() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            return built.filter(each -> each.getFileName().toString().matches("baton-core-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("target has no jar of core; run mvn verify"));
        }
    }

    private static Path place(Class<?> of) throws URISyntaxException {
        return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private String run(String tool, String... arguments) throws Exception {
        List<String> command = Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", tool)
                                .toString()),
                        Stream.of(arguments))
                .toList();
        Path printed = Files.createTempFile(folder, tool, ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        int code = process.waitFor();
        String text = Files.readString(printed, StandardCharsets.UTF_8);
        assertThat(code).as("%s printed%n%s", command, text).isZero();
        return text;
    }
}
