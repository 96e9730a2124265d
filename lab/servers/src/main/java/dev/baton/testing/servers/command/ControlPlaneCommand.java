package dev.baton.testing.servers.command;

import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.ControlPlane.Topology;
import dev.baton.testing.servers.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.opentest4j.TestAbortedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code lab/control-plane}. Exit codes: 0 done, 1 it could not be done, 2 a wrong argument. */
@Command(
        name = "lab/control-plane",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        description = "The control plane of a highly available Kubernetes cluster, real and on loopback, to play with.",
        footer = {
            "",
            "A PART is etcd-0 to etcd-2, apiserver-0, apiserver-1, load-balancer, scheduler-0, scheduler-1,"
                    + " controller-manager-0, controller-manager-1, or a whole host, host-0 and so on."
        })
final class ControlPlaneCommand {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_ARGUMENT = 2;
    private static final Duration START_LIMIT = Duration.ofMinutes(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int LOG_LINES_SHOWN = 30;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Where to find the control plane that is up (default: control-plane in baton's cache).")
    private Path folder = defaultFolder();

    private ControlPlaneCommand() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    private static CommandLine commandLine() {
        return new CommandLine(new ControlPlaneCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(ControlPlaneCommand::explain)
                .setExecutionExceptionHandler((failure, command, parsed) -> fail(command, failure));
    }

    @Command(name = "up", description = "Starts it, and returns when everything is ready.")
    int up(
            @Option(
                            names = "--topology",
                            defaultValue = "STACKED",
                            description =
                                    "STACKED: etcd members beside the API servers, or EXTERNAL (default: stacked).")
                    Topology topology)
            throws IOException {
        Home home = Home.make(folder.toAbsolutePath());
        FileChannel starting = home.lockForStart();
        try {
            if (host(home).isPresent()) {
                throw new Home.Refusal("a control plane is up already; lab/control-plane down ends it");
            }
            Path kubectl = requirePrograms();
            home.clear();
            long began = System.nanoTime();
            String addresses = awaitUp(home, detach(home, topology));
            showTheWay(home, kubectl, addresses, System.nanoTime() - began);
            return DONE;
        } finally {
            starting.close();
        }
    }

    private void showTheWay(Home home, Path kubectl, String addresses, long nanos) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(addresses);
        out.printf(Locale.ROOT, "%nready after %.1f s; try%n", nanos / 1e9);
        out.printf("  %s --kubeconfig=%s get lease -A%n", kubectl, home.kubeconfig());
        out.println("  lab/control-plane kill apiserver-0; lab/control-plane status");
        out.flush();
    }

    @Command(name = "status", description = "Says of each part whether it runs and is ready, and who leads.")
    int status() throws IOException {
        return print("status");
    }

    @Command(name = "kill", description = "Kills a part with SIGKILL.")
    int kill(@Parameters(paramLabel = "PART") String part) throws IOException {
        return print("kill " + part);
    }

    @Command(name = "pause", description = "Stops a part with SIGSTOP.")
    int pause(@Parameters(paramLabel = "PART") String part) throws IOException {
        return print("pause " + part);
    }

    @Command(name = "resume", description = "Continues a part with SIGCONT.")
    int resume(@Parameters(paramLabel = "PART") String part) throws IOException {
        return print("resume " + part);
    }

    @Command(name = "start", description = "Starts a part that was killed or has ended.")
    int start(@Parameters(paramLabel = "PART") String part) throws IOException {
        return print("start " + part);
    }

    @Command(name = "down", description = "Ends all of it.")
    int down() throws IOException {
        Home home = new Home(folder.toAbsolutePath());
        List<NotedProcesses.Noted> noted = NotedProcesses.read(home.processes());
        Optional<ProcessHandle> host = host(home);
        host.ifPresent(ControlPlaneCommand::end);
        // The servers end with their host, unless that was killed a moment ago.
        noted.stream().flatMap(one -> one.process().stream()).forEach(ControlPlaneCommand::kill);
        home.clear();
        spec.commandLine().getOut().println(host.isPresent() ? "ended" : "none was up");
        return DONE;
    }

    @Command(name = "host", hidden = true, description = "Runs it until the process is told to end.")
    int host(@Parameters Topology topology) throws IOException {
        Host.run(new Home(folder), topology);
        return DONE;
    }

    /** Answers the path of {@code kubectl}. */
    private static Path requirePrograms() {
        try {
            ControlPlane.requirePrograms();
            return Program.KUBECTL.path();
        } catch (TestAbortedException | AssertionError missing) {
            throw new Home.Refusal(String.valueOf(missing.getMessage()));
        }
    }

    private int print(String line) throws IOException {
        Home home = new Home(folder.toAbsolutePath());
        if (host(home).isEmpty()) {
            throw new Home.Refusal("no control plane is up; lab/control-plane up starts one");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(home.ask(line));
        out.flush();
        return DONE;
    }

    private static Optional<ProcessHandle> host(Home home) throws IOException {
        return NotedProcesses.read(home.processes()).stream()
                .filter(noted -> noted.name().equals(Host.NAME))
                .findFirst()
                .flatMap(NotedProcesses.Noted::process);
    }

    /** In a session of its own, so that what a terminal sends to its programs does not reach it. */
    private static Process detach(Home home, Topology topology) throws IOException {
        return new ProcessBuilder(
                        "setsid",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ControlPlaneCommand.class.getName(),
                        "host",
                        "--folder=" + home.folder(),
                        topology.toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.log().toFile())
                .start();
    }

    private static String awaitUp(Home home, Process host) throws IOException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < START_LIMIT.toNanos()) {
            try {
                return home.ask("addresses");
            } catch (IOException notYet) {
                if (!host.isAlive()) {
                    throw new Home.Refusal("it did not start: " + lastWords(home));
                }
                LockSupport.parkNanos(INTERVAL_NANOS);
            }
        }
        end(host.toHandle());
        throw new Home.Refusal("it was not ready within " + START_LIMIT + ": " + lastWords(home));
    }

    private static String lastWords(Home home) throws IOException {
        List<String> lines = Files.readAllLines(home.log());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    /** Asks it to end, and insists. */
    private static void end(ProcessHandle process) {
        CompletableFuture<ProcessHandle> ended = process.onExit();
        process.destroy();
        try {
            ended.get(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            kill(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill(process);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a process does not fail", e);
        }
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static Path defaultFolder() {
        String named = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path caches = named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return caches.resolve("baton").resolve("control-plane");
    }

    private static int explain(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println(name + ": " + String.valueOf(wrong.getMessage()).strip() + "; " + name + " --help explains");
        return WRONG_ARGUMENT;
    }

    /** In one sentence. */
    private static int fail(CommandLine command, Exception failure) {
        String words = failure instanceof Home.Refusal ? String.valueOf(failure.getMessage()) : failure.toString();
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + words);
        return FAILED;
    }
}
