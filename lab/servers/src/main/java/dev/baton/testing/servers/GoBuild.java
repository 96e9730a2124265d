package dev.baton.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles programs with a Go toolchain, into a cache outside the source tree: {@code $XDG_CACHE_HOME/baton}, or
 * {@code ~/.cache/baton}, by program, version, platform and, for a program whose source is here, the source.
 */
final class GoBuild {
    private static final Duration LIMIT = Duration.ofMinutes(40);
    private static final int LOG_LINES_SHOWN = 5;

    private final Path go;
    private final Map<String, String> environment;

    GoBuild(Path go, Map<String, String> environment) {
        this.go = go;
        this.environment = environment;
    }

    /** Where binaries are kept from one run to the next. */
    static Path cache(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return caches.resolve("baton");
    }

    /** Where the binary of {@code program} is kept, whether it was compiled yet or not. */
    static Path binary(Program program, Map<String, String> environment) throws IOException {
        return cache(environment)
                .resolve(program.command() + "-" + version(program) + "-" + platform() + edition(program));
    }

    /**
     * The binary of {@code program}, compiled unless it was before.
     *
     * @throws IOException if it cannot be compiled; the message says why
     */
    Path compiled(Program program) throws IOException {
        Path binary = binary(program, environment);
        return Files.isExecutable(binary) ? binary : binaryUnderLock(program, binary);
    }

    /** One at a time on this machine: another may be compiling the same, or a program that shares most of it. */
    private Path binaryUnderLock(Program program, Path binary) throws IOException {
        // The file's lock is the whole JVM's, and a second thread that asks for it is refused, not made to wait.
        synchronized (GoBuild.class) {
            Path cache = Files.createDirectories(cache(environment));
            try (FileChannel file = FileChannel.open(
                            cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                if (!Files.isExecutable(binary) && lock.isValid()) {
                    compile(program, binary);
                }
                return binary;
            }
        }
    }

    private void compile(Program program, Path binary) throws IOException {
        System.err.printf(
                "compiling %s %s for the tests, once, into %s; on two cores the first program of Kubernetes takes about"
                        + " ten minutes, any other about one%n",
                program.command(), version(program), binary);
        Path sources = Files.createTempDirectory("baton-go-");
        try {
            for (String name : List.of("go.mod", "go.sum", main(program))) {
                Path file = sources.resolve(name);
                Files.createDirectories(file.getParent());
                Files.writeString(file, source(program, name));
            }
            Path made = sources.resolve(program.command());
            run(program, sources, made);
            // Moved in two steps, since the folders may be on different file systems, and only the last must be atomic.
            Path beside = binary.resolveSibling(binary.getFileName() + ".new");
            Files.move(made, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(beside, binary, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Folders.delete(sources);
        }
    }

    private void run(Program program, Path sources, Path made) throws IOException {
        String linker = "-s -w -X k8s.io/component-base/version.gitVersion=" + version(program);
        ProcessBuilder builder = new ProcessBuilder(
                        go.toString(),
                        "build",
                        "-trimpath",
                        "-buildvcs=false",
                        "-ldflags",
                        linker,
                        "-o",
                        made.toString(),
                        "./cmd/" + program.command())
                .directory(sources.toFile())
                .redirectErrorStream(true)
                .redirectOutput(sources.resolve("log").toFile());
        builder.environment().put("CGO_ENABLED", "0");
        // The toolchain that is here, or a word on why not: no other is fetched.
        builder.environment().put("GOTOOLCHAIN", "local");
        Process building = builder.start();
        try {
            if (!building.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(go + " did not compile it within " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling it", e);
        } finally {
            building.destroyForcibly();
            building.onExit().join();
        }
        if (building.exitValue() != 0) {
            throw new IOException(go + " did not compile it, for want of a Go module proxy or of a newer Go perhaps: "
                    + lastWords(sources.resolve("log")));
        }
    }

    /** Without addresses: whose proxy it is is nobody's business in a test report. */
    private static String lastWords(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        String last = String.join(" / ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        return last.replaceAll("https?://[^\\s\"]+", "(address)");
    }

    /** The version of {@code program}, as its module's {@code go.mod} requires it. */
    static String version(Program program) throws IOException {
        Pattern required = Pattern.compile("(?m)^(?:require)?\\s*" + Pattern.quote(program.versionedBy()) + " (v\\S+)");
        Matcher matcher = required.matcher(source(program, "go.mod"));
        if (!matcher.find()) {
            throw new IOException("the go.mod of " + program.folder() + " does not require " + program.versionedBy());
        }
        return matcher.group(1);
    }

    /** What tells a program whose source is here from what it was before an edit; nothing for one of others. */
    private static String edition(Program program) throws IOException {
        String main = source(program, main(program));
        return program.isOurs() ? "-" + Integer.toHexString(main.hashCode()) : "";
    }

    /** The path of the program's main, in its module. */
    static String main(Program program) {
        return "cmd/" + program.command() + "/main.go";
    }

    /** A file of the program's module. */
    static String source(Program program, String name) throws IOException {
        String resource = "go/" + program.folder() + "/" + name;
        try (InputStream in = GoBuild.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the resource " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String platform() {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        return platform.toLowerCase(Locale.ROOT).replace(' ', '_');
    }
}
