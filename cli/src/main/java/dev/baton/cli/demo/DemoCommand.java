package dev.baton.cli.demo;

import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Subcommand;
import dev.baton.cli.command.Terminal;
import dev.baton.cli.store.Kind;
import dev.baton.cli.store.Kubeconfig;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code baton demo}. */
@Command(
        name = "demo",
        description = {
            "Plays four scenes with real processes, and checks every promise.",
            "",
            "Starts a server on a free loopback port, unless an option names an existing one: ZooKeeper in this process"
                    + " or, with --backend etcd, an etcd that is installed here. Candidates run as processes of their"
                    + " own. A leader is elected; one hands over when asked; one is killed with kill -9; one is stopped"
                    + " with SIGSTOP until another candidate leads, and continued: then its first isValid() must return"
                    + " false, and the stale write that it still sends must be refused because of its token.",
            ""
        },
        footer = {
            "",
            "The bound of a failover: the last request of a dead leader reached the server no later than it died."
                    + " ZooKeeper ends a session leaseDuration after that, in whole ticks (500ms when embedded), at"
                    + " most one tick late (two in an ensemble, whose leader learns of live sessions a tick later)."
                    + " etcd ends a lease after leaseDuration, in whole seconds and no less than two, at most 500ms"
                    + " late. On Kubernetes standbys wait leaseDuration, in whole seconds, and at most one retryPeriod."
                    + " The successor learns of it in a few round trips; the bound adds ten of the slowest measured"
                    + " meanwhile. The bound of a first election is leaseDuration, that of a hand-over is the time that"
                    + " the work took to stop and one retryPeriod; both add ten such round trips. Delays of other"
                    + " candidates on a busy machine, and at other times, break no promise.",
            "",
            "Exit code: 0 all promises kept; 1 a promise broken, or the demo could not be played; 2 a wrong argument."
                    + " At any end, Ctrl-C included, it leaves no process and no file."
        })
public final class DemoCommand extends Subcommand {
    private static final Duration DEFAULT_TICK = Duration.ofSeconds(2);

    @Option(
            names = "--lease-duration",
            paramLabel = "TIME",
            defaultValue = "4s",
            description = "How long standbys wait for a silent leader (default: ${DEFAULT-VALUE}).")
    private Duration leaseDuration = Duration.ZERO;

    @Option(
            names = "--renew-deadline",
            paramLabel = "TIME",
            defaultValue = "2.6s",
            description = "How long a leader leads after its last renewal (default: ${DEFAULT-VALUE}).")
    private Duration renewDeadline = Duration.ZERO;

    @Option(
            names = "--retry-period",
            paramLabel = "TIME",
            defaultValue = "500ms",
            description = "How often a leader renews (default: ${DEFAULT-VALUE}).")
    private Duration retryPeriod = Duration.ZERO;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "3",
            description = "The number of candidates, 2 to 9 (default: ${DEFAULT-VALUE}).")
    private int candidates;

    @Option(
            names = "--backend",
            paramLabel = "KIND",
            defaultValue = "zookeeper",
            description = "The store that decides the election: zookeeper, etcd, or in a cluster"
                    + " kubernetes (Leases), endpoints or configmap (default: ${DEFAULT-VALUE}).")
    private String backend = "";

    @Option(
            names = "--endpoints",
            paramLabel = "HOST:PORT",
            description = "Use this ZooKeeper, or etcd, instead of one that is started for the demo; several are"
                    + " separated by commas. The demo deletes its data there.")
    private @Nullable String endpoints;

    @Option(
            names = "--allow-unsafe-servers",
            description = "Accept servers at --endpoints whose version of etcd can renew a revoked lease.")
    private boolean unsafeAllowed;

    @Option(
            names = "--tick-time",
            paramLabel = "TIME",
            description = "tickTime of the servers at --endpoints (default: 2s, ZooKeeper's own default).")
    private @Nullable Duration tickTime;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Use the cluster and the namespace of its current context (default: that of KUBECONFIG, or"
                    + " ~/.kube/config). The demo deletes its data there.")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--promise-failover",
            paramLabel = "TIME",
            description = "The bound of failovers, in place of the timing's promise.")
    private @Nullable Duration promisedFailover;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Write all facts to this file, one JSON object a line.")
    private @Nullable Path events;

    @Option(names = "--no-color", description = "Plain text. So does NO_COLOR, or output that is not a terminal.")
    private boolean noColor;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = plan();
        Terminal terminal = Terminal.detect();
        try {
            return Demo.run(plan, noColor ? terminal.withoutColour() : terminal);
        } catch (IOException e) {
            complain(e);
            return ExitCode.FAILED;
        }
    }

    private Plan plan() {
        if (candidates < 2 || candidates > Cast.MOST) {
            throw wrong("--candidates " + candidates + " must be 2 to " + Cast.MOST
                    + ": a successor needs a second candidate; 3 is the default");
        }
        Kind kind = Kind.of(backend).orElseThrow(() -> wrong("--backend " + Kind.notThere(backend, Kind::text)));
        if (unsafeAllowed && (kind != Kind.ETCD || endpoints == null)) {
            throw wrong("--allow-unsafe-servers is for --backend etcd with --endpoints; add both, or leave it out");
        }
        Venue venue = venue(kind);
        return new Plan(timing(venue), venue, candidates, promisedFailover, events);
    }

    private Venue venue(Kind kind) {
        try {
            return switch (kind) {
                case ZOOKEEPER -> zooKeeper();
                case ETCD -> etcd();
                case K8S_LEASE, K8S_ENDPOINTS, K8S_CONFIGMAP -> kubernetes(kind);
            };
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private Venue zooKeeper() {
        rejectKubeconfig();
        if (tickTime != null && endpoints == null) {
            throw wrong("--tick-time is that of the servers at --endpoints; the embedded server's is "
                    + ElectionTiming.text(ZooKeeperVenue.EMBEDDED_TICK) + "; give both or neither");
        }
        Duration tick = endpoints == null ? ZooKeeperVenue.EMBEDDED_TICK : tickTime == null ? DEFAULT_TICK : tickTime;
        return new ZooKeeperVenue(endpoints, tick);
    }

    private Venue etcd() {
        rejectKubeconfig();
        if (tickTime != null) {
            throw wrong("--tick-time is ZooKeeper's; leave it out, or leave --backend etcd out");
        }
        if (endpoints != null) {
            return EtcdVenue.at(endpoints, unsafeAllowed);
        }
        Map<String, String> environment = System.getenv();
        return EtcdVenue.startedFrom(EtcdProgram.find(environment, home())
                .orElseThrow(() -> wrong("--backend etcd needs an etcd, and no program etcd was found "
                        + EtcdProgram.places(environment, home()) + "; install one (apt-get install etcd-server, or"
                        + " brew install etcd), or name a cluster with --endpoints http://HOST:2379")));
    }

    private void rejectKubeconfig() {
        if (kubeconfig != null) {
            throw wrong("--kubeconfig is for the backends on Kubernetes; add --backend kubernetes, or leave it out");
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    private Venue kubernetes(Kind kind) {
        if (endpoints != null || tickTime != null) {
            throw wrong("--endpoints and --tick-time are not for Kubernetes, where --kubeconfig names the cluster;"
                    + " leave them out");
        }
        Path found = Kubeconfig.find(kubeconfig, System.getenv(), home())
                .orElseThrow(() -> wrong("--backend " + kind.shortText() + " needs a cluster, and " + Kubeconfig.NONE
                        + ", or leave --backend out to use an embedded ZooKeeper"));
        return new KubernetesVenue(kind, found);
    }

    /** Checks the timing by the library's rules, before any process starts. */
    private ElectionTiming timing(Venue venue) {
        try {
            ElectionTiming timing = ElectionTiming.of(leaseDuration, renewDeadline, retryPeriod);
            venue.check(timing);
            return timing;
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }
}
