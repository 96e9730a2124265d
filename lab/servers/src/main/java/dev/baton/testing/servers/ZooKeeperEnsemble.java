package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A real ZooKeeper ensemble on loopback: each member is a process of its own, with its data in a temporary folder.
 *
 * <p>Members are numbered from 0. They can be killed and started again with the same data, stopped and continued by
 * signals, and, with {@link Builder#proxiedPeers}, cut off from each other while their clients stay connected.
 *
 * <p>{@link #close} kills the processes and deletes the folder, and so does the JVM when it shuts down; when it is itself
 * killed, a {@link Watchdog} does. Safe for use by many threads.
 */
public final class ZooKeeperEnsemble implements AutoCloseable {
    private final Path folder;
    private final List<Member> members;
    private final @Nullable PeerNetwork network;
    private final Duration patience;
    private final EndedOnce end = new EndedOnce("zookeeper-ensemble", this::destroy);

    private record Member(InetSocketAddress client, ServerProcess process) {}

    /** What a member reports, at one moment. */
    private record Report(int member, ServerStatus status) {}

    private ZooKeeperEnsemble(Path folder, List<Member> members, @Nullable PeerNetwork network, Duration patience) {
        this.folder = folder;
        this.members = members;
        this.network = network;
        this.patience = patience;
    }

    /** An ensemble of one member with the settings of ZooKeeper's sample configuration, unless told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /** What clients connect to: all members. */
    public String connectString() {
        return IntStream.range(0, members.size()).mapToObj(this::connectString).collect(Collectors.joining(","));
    }

    /** What clients connect to that shall know only {@code member}. */
    public String connectString(int member) {
        return "127.0.0.1:" + address(member).getPort();
    }

    /** The client port of {@code member}, for a {@link TcpProxy} in front of it. */
    public InetSocketAddress address(int member) {
        return member(member).client();
    }

    /** How many members the ensemble has, running or not. */
    public int members() {
        return members.size();
    }

    /** The process of {@code member}, which must be running. */
    public long pid(int member) {
        return member(member).process().pid();
    }

    /** The leader, if there is one: of those members who say so, the one with the latest epoch. */
    public OptionalInt leader() {
        return leader(reports(reachable())).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** The members that follow a leader. */
    public List<Integer> followers() {
        return reports(reachable()).stream()
                .filter(report -> report.status().role() == ServerStatus.Role.FOLLOWER)
                .map(Report::member)
                .toList();
    }

    /**
     * Returns the leader once there is one and every member serves clients, but for those that are killed, paused or
     * isolated.
     *
     * @throws IllegalStateException with the members' logs, if that takes longer than {@link Builder#patience}
     */
    public int awaitServing() {
        return Await.forValue(patience, "serving ensemble", this::lastWords, this::servingLeader);
    }

    /** The leader, if all serve who can. */
    private Optional<Integer> servingLeader() {
        List<Integer> expected = reachable();
        List<Report> reports = reports(expected);
        return reports.size() == expected.size() ? leader(reports) : Optional.empty();
    }

    private void requireAllAlive() {
        if (!members.stream().allMatch(member -> member.process().isAlive())) {
            throw new IllegalStateException("a member ended: " + lastWords());
        }
    }

    /** Kills {@code member} with SIGKILL; a second time, does nothing. */
    public void kill(int member) {
        member(member).process().kill();
    }

    /** Starts {@code member}, which must not be running, with the data that it had; does not wait until it serves. */
    public void start(int member) {
        start(member(member));
    }

    /** Stops {@code member} with SIGSTOP: its connections stay open and are not served. */
    public void pause(int member) {
        member(member).process().pause();
    }

    /** Continues {@code member} with SIGCONT. */
    public void resume(int member) {
        member(member).process().resume();
    }

    /**
     * Ends session {@code id} behind its owner's back, as an operator does over JMX on the server that it is connected to;
     * answers whether there is one, among those that run.
     */
    public boolean endSession(long id) throws IOException {
        for (Member member : members) {
            if (member.process().isRunning() && SessionEnd.at(member.process().pid(), id)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Cuts {@code member} off from all others, both ways, without closing a connection; its clients stay connected.
     *
     * @throws IllegalStateException if the ensemble was built without {@link Builder#proxiedPeers}
     */
    public void isolatePeer(int member) {
        Objects.checkIndex(member, members.size());
        network().isolate(member);
    }

    /** Takes back {@link #isolatePeer}. */
    public void healPeer(int member) {
        Objects.checkIndex(member, members.size());
        network().heal(member);
    }

    /** Kills all members and deletes their data; a second call does nothing. */
    @Override
    public void close() {
        end.close();
    }

    private synchronized void destroy() {
        members.forEach(member -> member.process().kill());
        if (network != null) {
            network.close();
        }
        Folders.delete(folder);
    }

    private synchronized void start(Member member) {
        if (end.isOver()) {
            throw new IllegalStateException("the ensemble in " + folder + " is closed");
        }
        try {
            member.process().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Member member(int member) {
        return members.get(Objects.checkIndex(member, members.size()));
    }

    private PeerNetwork network() {
        if (network == null) {
            throw new IllegalStateException("members can be isolated only in an ensemble built with proxiedPeers()");
        }
        return network;
    }

    private List<Integer> reachable() {
        Predicate<Integer> isolated = member -> network != null && network.isIsolated(member);
        return IntStream.range(0, members.size())
                .filter(member -> members.get(member).process().isRunning())
                .boxed()
                .filter(isolated.negate())
                .toList();
    }

    private List<Report> reports(List<Integer> whose) {
        return whose.stream()
                .flatMap(member -> ServerStatus.of(address(member)).map(status -> new Report(member, status)).stream())
                .toList();
    }

    private static Optional<Integer> leader(List<Report> reports) {
        return reports.stream()
                .filter(report -> report.status().role().decides())
                .max(Comparator.comparingLong(report -> report.status().epoch()))
                .map(Report::member);
    }

    private String lastWords() {
        return IntStream.range(0, members.size())
                .mapToObj(member -> "member " + member + ", "
                        + (members.get(member).process().isAlive() ? "alive" : "dead") + ":\n"
                        + members.get(member).process().lastWords())
                .collect(Collectors.joining("\n"));
    }

    private boolean hasPrinted(String words) {
        return members.stream().anyMatch(member -> member.process().hasPrinted(words));
    }

    /** The settings of an ensemble; not safe for use by many threads. */
    public static final class Builder {
        private int members = 1;
        private Duration tickTime = Duration.ofSeconds(2);
        private int initLimit = 10;
        private int syncLimit = 5;
        private Duration patience = Patience.LIMIT;
        private boolean proxiedPeers;
        private final Map<String, String> extra = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>(List.of("-Xmx128m", "-XX:+UseSerialGC"));

        private Builder() {}

        /** The number of members, 1 to 9. */
        public Builder members(int value) {
            this.members = value;
            return this;
        }

        /** ZooKeeper's unit of time: sessions last from 2 to 20 ticks. */
        public Builder tickTime(Duration value) {
            this.tickTime = value;
            return this;
        }

        /** In how many ticks a follower must have caught up with its leader. */
        public Builder initLimit(int ticks) {
            this.initLimit = ticks;
            return this;
        }

        /** After how many ticks without a word a follower and its leader give each other up. */
        public Builder syncLimit(int ticks) {
            this.syncLimit = ticks;
            return this;
        }

        /** A line of every member's {@code zoo.cfg}, in place of ours where we have one, but for the client port. */
        public Builder extra(String key, String value) {
            extra.put(key, value);
            return this;
        }

        /** An option of the members' JVMs, after ours. */
        public Builder jvmOption(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** Puts a proxy between every two members, for {@link ZooKeeperEnsemble#isolatePeer}. */
        public Builder proxiedPeers() {
            this.proxiedPeers = true;
            return this;
        }

        /** How long {@link #start} and {@link ZooKeeperEnsemble#awaitServing} wait at most. */
        public Builder patience(Duration value) {
            this.patience = value;
            return this;
        }

        /**
         * Starts the members and returns when all of them serve.
         *
         * @throws IllegalArgumentException if a setting is out of range
         * @throws BindException if others took the ports that were chosen, on each of three attempts
         * @throws IllegalStateException with the members' logs, if they do not serve in time
         */
        public ZooKeeperEnsemble start() throws IOException {
            check();
            return Ports.onFree(this::startOnFreePorts);
        }

        private void check() {
            if (members < 1 || members > 9) {
                throw new IllegalArgumentException("an ensemble of " + members + " members must have 1 to 9");
            }
            if (tickTime.toMillis() < 1 || initLimit < 1 || syncLimit < 1) {
                throw new IllegalArgumentException("tickTime " + tickTime + ", initLimit " + initLimit
                        + " and syncLimit " + syncLimit + " must be positive, and a tick at least 1 ms");
            }
        }

        private ZooKeeperEnsemble startOnFreePorts() throws IOException {
            List<Integer> ports = Ports.free(3 * members);
            List<Integer> clientPorts = ports.subList(0, members);
            List<Integer> quorumPorts = ports.subList(members, 2 * members);
            List<Integer> electionPorts = ports.subList(2 * members, 3 * members);
            PeerNetwork network = proxiedPeers ? PeerNetwork.between(quorumPorts, electionPorts) : null;
            Path folder = Files.createTempDirectory("baton-zookeeper-");
            List<Member> laid = new ArrayList<>();
            ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(folder, laid, network, patience);
            try {
                Map<String, String> settings = settings(quorumPorts, electionPorts);
                for (int member = 0; member < members; member++) {
                    laid.add(lay(folder, member, clientPorts.get(member), settings, network));
                }
                ensemble.end.begin();
                laid.forEach(ensemble::start);
                awaitAll(ensemble);
                return ensemble;
            } catch (IOException | RuntimeException e) {
                ensemble.close();
                throw e;
            }
        }

        private Member lay(
                Path ensembleFolder,
                int member,
                int clientPort,
                Map<String, String> common,
                @Nullable PeerNetwork network)
                throws IOException {
            Map<String, String> settings = new LinkedHashMap<>(common);
            settings.put("clientPort", Integer.toString(clientPort));
            MemberFolder folder = MemberFolder.create(ensembleFolder.resolve("member" + member), member + 1, settings);
            List<String> options = new ArrayList<>(jvmOptions);
            if (network != null) {
                options.add(folder.useHosts(network.hosts(member)));
            }
            return new Member(Ports.loopback(clientPort), folder.process(options));
        }

        private Map<String, String> settings(List<Integer> quorumPorts, List<Integer> electionPorts) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("clientPortAddress", "127.0.0.1");
            settings.put("tickTime", Long.toString(tickTime.toMillis()));
            settings.put("initLimit", Integer.toString(initLimit));
            settings.put("syncLimit", Integer.toString(syncLimit));
            settings.put("admin.enableServer", "false");
            settings.put("4lw.commands.whitelist", "*");
            // One member alone is a server without peers; listed as one, it would be a quorum of one.
            for (int member = 0; member < members && members > 1; member++) {
                String host = proxiedPeers ? PeerNetwork.name(member) : "127.0.0.1";
                String ports = quorumPorts.get(member) + ":" + electionPorts.get(member);
                settings.put("server." + (member + 1), host + ":" + ports);
            }
            settings.putAll(extra);
            return settings;
        }

        private void awaitAll(ZooKeeperEnsemble ensemble) throws BindException {
            try {
                Await.until(patience, "serving ensemble", ensemble::lastWords, () -> {
                    ensemble.requireAllAlive();
                    return ensemble.servingLeader().isPresent();
                });
            } catch (IllegalStateException e) {
                if (ensemble.hasPrinted("Address already in use")) {
                    BindException taken = new BindException("a port was taken between choosing and binding it");
                    taken.initCause(e);
                    throw taken;
                }
                throw e;
            }
        }
    }
}
