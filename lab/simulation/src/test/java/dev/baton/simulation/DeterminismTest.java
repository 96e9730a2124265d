package dev.baton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.servers.FullLane;
import dev.baton.testing.servers.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same seeds give the same histories under every JDK that is installed here. */
@FullLane("takes two JDKs and runs 900 seeds with each")
class DeterminismTest {
    private static final int SEEDS = 300;
    private static final int OLDEST = 17;
    private static final String HISTORIES = "histories ";

    @ParameterizedTest
    @ValueSource(strings = {"register", "zookeeper", "etcd"})
    void everyJdkTellsTheSameHistories(String store) throws IOException, InterruptedException {
        Set<Path> jdks = jdks();
        Requires.that(
                jdks.size() > 1,
                "the simulation's determinism across JDKs takes two of them, and there is only " + jdks
                        + "; install another of at least " + OLDEST + " under /usr/lib/jvm, or name its folder in a"
                        + " variable whose name begins with JAVA_HOME");
        Map<Path, String> histories = new TreeMap<>();
        for (Path jdk : jdks) {
            histories.put(jdk, histories(jdk, store));
        }
        assertThat(Set.copyOf(histories.values())).as("%s", histories).hasSize(1);
    }

    private static String histories(Path jdk, String store) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Simulate.class.getName(),
                        "--seeds",
                        Integer.toString(SEEDS),
                        "--threads",
                        "1",
                        "--store",
                        store)
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s printed %s", jdk, printed).isZero();
        return printed.lines()
                .filter(line -> line.startsWith(HISTORIES))
                .findFirst()
                .orElseThrow(() -> new AssertionError(jdk + " printed no histories: " + printed));
    }

    /** By their real paths: of the build, of the environment, and where they are usually installed. */
    private static Set<Path> jdks() throws IOException {
        List<Path> candidates = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        new TreeMap<>(System.getenv()).forEach((name, value) -> {
            if (name.startsWith("JAVA_HOME") && !value.isEmpty()) {
                candidates.add(Path.of(value));
            }
        });
        Path home = Path.of(System.getProperty("user.home"));
        for (Path folder : List.of(
                Path.of("/usr/lib/jvm"),
                Path.of("/opt"),
                home.resolve(".sdkman/candidates/java"),
                home.resolve(".jdks"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> inside = Files.list(folder)) {
                    inside.forEach(candidates::add);
                }
            }
        }
        Set<Path> found = new TreeSet<>();
        for (Path candidate : candidates) {
            if (Files.isExecutable(candidate.resolve("bin/java")) && version(candidate) >= OLDEST) {
                found.add(candidate.toRealPath());
            }
        }
        return found;
    }

    /** As the file says that comes with every JDK; 0 where there is none, or an old one. */
    private static int version(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        if (!Files.isReadable(release)) {
            return 0;
        }
        String text = Files.readString(release, StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
                .filter(major -> major.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }
}
