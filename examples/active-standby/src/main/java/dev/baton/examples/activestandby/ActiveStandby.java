package dev.baton.examples.activestandby;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * A service of which one instance works and the others stand by, as kube-scheduler does and with its flags.
 *
 * <p>Exit codes: 0 ended by SIGTERM or SIGINT, after its work had stopped and its claim was released; 1 it could not
 * start, or its work did not stop in time; 2 a flag is wrong.
 */
@Command(
        name = "active-standby",
        description = "One of its instances works, a line a second in a ledger; the others stand by.",
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class ActiveStandby implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ActiveStandby.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int FAILED = 1;
    private static final int WRONG_FLAG = 2;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LeaderElectFlags leaderElect;

    @Mixin
    private StoreFlags store;

    @Option(
            names = "--ledger",
            paramLabel = "FILE",
            defaultValue = "ledger.txt",
            description = "The file that the leader writes, shared by all instances. Default: ${DEFAULT-VALUE}")
    private Path ledger;

    @Option(
            names = "--bind-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address of /healthz, /readyz and /leader. Default: ${DEFAULT-VALUE}")
    private InetAddress bindAddress;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "The port; 0 for any free port. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit")
    @SuppressWarnings("UnusedVariable") // picocli writes it, and reads its annotation
    private boolean help;

    /** Runs until a signal ends it. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new ActiveStandby())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, ActiveStandby::duration)
                .setParameterExceptionHandler(ActiveStandby::explain);
    }

    private static Duration duration(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int explain(ParameterException wrong, String[] args) {
        String message = Printable.text(String.valueOf(wrong.getMessage()).strip());
        wrong.getCommandLine().getErr().println("active-standby: " + message);
        return WRONG_FLAG;
    }

    @Override
    public Integer call() throws InterruptedException {
        String identity = hostName() + "_" + UUID.randomUUID();
        Work work = new LedgerWork(new Ledger(ledger), identity, PERIOD);
        Supplier<Standing> standing = leaderElect.elect ? candidate(identity, work) : () -> new Alone(identity, work);
        Endpoints endpoints;
        try {
            endpoints = Endpoints.bind(address());
        } catch (IOException e) {
            log.error("{} port {} cannot be served: {}", bindAddress.getHostAddress(), port, e.getMessage());
            return FAILED;
        }
        serve(endpoints, standing.get());
        Thread.currentThread().join();
        return FAILED;
    }

    /** Checks all that can be checked before the first request. */
    private Supplier<Standing> candidate(String identity, Work work) {
        try {
            ElectionTiming timing = leaderElect.timing();
            ElectionName election = leaderElect.election();
            LockBackend backend = store.open(leaderElect.lock);
            backend.check(election, timing);
            return () -> new Candidate(backend, election, timing, identity, work);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private InetSocketAddress address() {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "--port " + port + " must be between 0 and 65535");
        }
        return new InetSocketAddress(bindAddress, port);
    }

    private static void serve(Endpoints endpoints, Standing standing) {
        Thread end = new Thread(
                () -> {
                    endpoints.ending();
                    standing.close();
                    endpoints.close();
                    // The JVM would answer the signal with 143, which looks like a failure.
                    Runtime.getRuntime().halt(farewell(standing));
                },
                "end");
        Runtime.getRuntime().addShutdownHook(end);
        endpoints.serve(standing);
        log.info("serving on port {}", endpoints.port());
    }

    /** The exit code after {@code standing} was closed. */
    static int farewell(Standing standing) {
        if (standing.idle()) {
            log.info("ended in order");
            return 0;
        }
        log.error("the work has not stopped in time, and ends with the process; a standby leads when the lease has"
                + " expired");
        return FAILED;
    }

    /** An identity as Kubernetes' components have it: the host, and a part unique to this run of the process. */
    private static String hostName() {
        String host = System.getenv("HOSTNAME");
        if (host != null && !host.isBlank()) {
            return host;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            log.debug("this host has no name", e);
            return "localhost";
        }
    }
}
