package dev.baton.examples.jdbc;

import static org.awaitility.Awaitility.await;

import dev.baton.testing.servers.Requires;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL on a port of 127.0.0.1, with its data in a temporary folder; with {@code schema.sql} in it.
 *
 * <p>It does not outlive this JVM, even if that is killed: it runs beside a shell that ends it when its standard input
 * ends. PostgreSQL refuses to run as root, and so runs as {@value #PLAIN_USER} where this JVM is root.
 */
final class PostgresServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String PLAIN_USER = "postgres";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int START_ATTEMPTS = 3;

    /** Ends the server at the end of its input, at once and without a checkpoint. */
    private static final String LEASH = """
            trap '' INT TERM HUP
            "$@" </dev/null &
            echo $! > "$0"
            read -r end
            kill -CONT $! && kill -QUIT $!
            wait
            """;

    private final Path binaries;
    private final Path folder;
    private int port;
    private @Nullable Process leash;

    private PostgresServer(Path binaries, Path folder) {
        this.binaries = binaries;
        this.folder = folder;
    }

    /**
     * Starts a server and returns when it serves.
     *
     * @throws org.opentest4j.TestAbortedException if PostgreSQL is not installed; an AssertionError in the full lane
     */
    static PostgresServer start() throws IOException {
        Optional<Path> binaries = binaries();
        Requires.that(
                binaries.isPresent(),
                "PostgreSQL is neither on the PATH nor in " + DEBIAN + "; install Debian's package \"postgresql\"");
        PostgresServer server =
                new PostgresServer(binaries.orElseThrow(), Files.createTempDirectory("baton-postgres-"));
        try {
            server.initialize();
            server.startOnFreePort();
            server.execute(schema());
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    static String schema() {
        try (var text = JdbcRegister.class.getResourceAsStream("/schema.sql")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> binaries() {
        Stream<Path> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(Path::of);
        return Stream.concat(path, versions().map(version -> version.resolve("bin")))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("postgres")))
                .findFirst();
    }

    /** The newest first. */
    private static Stream<Path> versions() {
        if (!Files.isDirectory(DEBIAN)) {
            return Stream.empty();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions
                    .filter(version -> version.getFileName().toString().matches("\\d+"))
                    .sorted(Comparator.comparing((Path version) ->
                                    Integer.valueOf(version.getFileName().toString()))
                            .reversed())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void initialize() throws IOException {
        if (isRoot()) {
            var users = folder.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(folder, users.lookupPrincipalByName(PLAIN_USER));
        }
        Path printed = folder.resolve("initdb.log");
        Process initdb = new ProcessBuilder(asPlainUser(
                        "initdb",
                        "--pgdata=" + data(),
                        "--username=baton",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        await().atMost(PATIENCE).until(() -> !initdb.isAlive());
        if (initdb.exitValue() != 0) {
            throw new IllegalStateException("initdb failed: " + Files.readString(printed));
        }
    }

    private void startOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            try {
                resumeFromDisk();
                return;
            } catch (IllegalStateException e) {
                endLeash();
                if (attempt == START_ATTEMPTS || !isPortTaken()) {
                    throw e;
                }
                log.info("starting again on another port", e);
            }
        }
    }

    /** Starts the server with the data and the port that it had. */
    void resumeFromDisk() throws IOException {
        // A process that is killed does not miss what was not forced to the disk; a machine would.
        List<String> command = asPlainUser(
                "postgres",
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "shared_buffers=16MB",
                "-c",
                "max_connections=200",
                "-c",
                "log_statement=none");
        Files.deleteIfExists(pidFile());
        List<String> leashed =
                new ArrayList<>(List.of("sh", "-c", LEASH, pidFile().toString()));
        leashed.addAll(command);
        Process started = new ProcessBuilder(leashed)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed().toFile())
                .start();
        leash = started;
        await().atMost(PATIENCE).until(() -> serves() || !started.isAlive() || isPortTaken());
        if (!serves()) {
            throw new IllegalStateException("PostgreSQL did not start: " + read(printed()));
        }
    }

    private boolean serves() {
        try (Connection connection = dataSource().getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            log.trace("not yet", e);
            return false;
        }
    }

    String url() {
        return url(address());
    }

    /** As through a proxy at {@code address}. */
    String url(InetSocketAddress address) {
        return url(address, "baton");
    }

    /** As through a proxy at {@code address}, for somebody who need not own everything. */
    String url(InetSocketAddress address, String user) {
        return "jdbc:postgresql://127.0.0.1:" + address.getPort() + "/postgres?user=" + user;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Connections for the test's own questions. */
    PGSimpleDataSource dataSource() {
        PGSimpleDataSource server = new PGSimpleDataSource();
        server.setUrl(url());
        return server;
    }

    void execute(String sql) {
        Sql.execute(dataSource(), sql);
    }

    /** Stops every process of the server with SIGSTOP: connections stay open, new ones are taken by the kernel. */
    void pause() {
        ProcessHandle postmaster = postmaster().orElseThrow();
        signal("-STOP", Stream.of(postmaster));
        signal("-STOP", postmaster.descendants());
    }

    /** Continues them. */
    void resume() {
        postmaster()
                .ifPresent(
                        postmaster -> signal("-CONT", Stream.concat(postmaster.descendants(), Stream.of(postmaster))));
    }

    /** Ends the server at once, as a crash would: it recovers when it is started again. */
    void crash() {
        if (leash != null) {
            resume();
        }
        endLeash();
    }

    private Optional<ProcessHandle> postmaster() {
        String pid = read(pidFile()).strip();
        return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    }

    private boolean isPortTaken() {
        return read(printed()).contains("could not create any TCP/IP sockets");
    }

    private static void signal(String signal, Stream<ProcessHandle> processes) {
        String pids = processes.map(process -> Long.toString(process.pid())).collect(Collectors.joining(" "));
        try {
            // One that has ended meanwhile makes this fail, and is no concern.
            Process kill = new ProcessBuilder("sh", "-c", "kill " + signal + " " + pids).start();
            kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + signal, e);
        }
    }

    private void endLeash() {
        Process running = leash;
        leash = null;
        if (running != null) {
            try {
                running.getOutputStream().close();
            } catch (IOException e) {
                log.debug("the shell has ended already", e);
            }
            running.onExit().join();
        }
    }

    private List<String> asPlainUser(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of(
                    Requires.program("setpriv").toString(),
                    "--reuid=" + PLAIN_USER,
                    "--regid=" + PLAIN_USER,
                    "--clear-groups",
                    "--"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path pidFile() {
        return folder.resolve("pid");
    }

    private Path printed() {
        return folder.resolve("server.log");
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server and deletes its folder. */
    @Override
    public void close() {
        crash();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            log.warn("{} is left behind", folder, e);
        }
    }
}
