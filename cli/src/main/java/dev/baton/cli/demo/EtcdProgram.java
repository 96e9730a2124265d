package dev.baton.cli.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds etcd's server program on this machine. */
final class EtcdProgram {
    private static final Path OF_DEBIAN = Path.of("/usr/bin/etcd");

    private EtcdProgram() {}

    /** The program on the PATH, else the newest that Baton's tests have built, else Debian's. */
    static Optional<Path> find(Map<String, String> environment, Path home) {
        return find(environment, home, OF_DEBIAN);
    }

    static Optional<Path> find(Map<String, String> environment, Path home, Path last) {
        return Stream.of(onPath(environment), built(cache(environment, home)), Stream.of(last))
                .flatMap(each -> each)
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** The searched places, for a message. */
    static String places(Map<String, String> environment, Path home) {
        return "on the PATH, in " + cache(environment, home) + " or at " + OF_DEBIAN;
    }

    private static Stream<Path> onPath(Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "etcd"));
    }

    private static Path cache(Map<String, String> environment, Path home) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (named.isEmpty() ? home.resolve(".cache") : Path.of(named)).resolve("baton");
    }

    /** The newest program in the cache, in a folder such as {@code etcd-v3.7.3-linux-amd64}. */
    private static Stream<Path> built(Path cache) {
        String platform = (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                .toLowerCase(Locale.ROOT)
                .replace(' ', '_');
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(cache)) {
            files.filter(file -> file.getFileName().toString().matches("etcd-v[0-9.]+-(image|\\Q" + platform + "\\E)"))
                    .forEach(found::add);
        } catch (IOException e) {
            // The tests have built none here.
            return Stream.empty();
        }
        return found.stream().sorted(Comparator.comparing(EtcdProgram::version).reversed());
    }

    /** Orders versions so that 3.10.0 follows 3.9.0. */
    private static String version(Path built) {
        String[] numbers =
                built.getFileName().toString().split("-", -1)[1].substring(1).split("\\.", -1);
        StringBuilder sortable = new StringBuilder();
        for (String number : numbers) {
            sortable.append("0".repeat(Math.max(0, 6 - number.length()))).append(number);
        }
        return sortable.toString();
    }
}
