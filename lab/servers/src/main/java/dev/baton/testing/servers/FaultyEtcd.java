package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An etcd cluster that goes through one {@link EtcdFault} again and again, and two ways to it, so that of two candidates
 * one can be cut off. Not safe for use by many threads.
 */
public final class FaultyEtcd implements AutoCloseable {
    /** The user to authenticate as where {@link #isSecured()}, who may do anything below /baton/ and /jetcd/. */
    public static final String USER = "elector";
    /** The user's password. */
    public static final String PASSWORD = "secret";

    private static final String ROOT = "root:secret";
    private static final Duration LIMIT = Patience.LIMIT;
    private static final Duration SYNC = Duration.ofMillis(1200);
    private static final String QUOTA_BYTES = "8388608";
    private static final int FILLING_BYTES = 1_000_000;
    private static final int FILLINGS = 50;

    private final EtcdFault fault;
    private final EtcdCluster cluster;
    private final Path folder;
    private final List<List<TcpProxy>> ways = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private int rounds;

    /** A fault that lasts until it is healed. */
    @FunctionalInterface
    public interface Healing {
        /** Returns once every member serves. */
        void heal();
    }

    private FaultyEtcd(EtcdFault fault, EtcdCluster cluster, Path folder) {
        this.fault = fault;
        this.cluster = cluster;
        this.folder = folder;
    }

    /**
     * Starts a cluster for {@code fault}, of three members where the fault does not ask for two.
     *
     * @throws org.opentest4j.TestAbortedException if this machine lacks a program that it takes
     */
    public static FaultyEtcd start(EtcdFault fault) throws IOException {
        Path folder = Files.createTempDirectory("baton-faulty-etcd-");
        EtcdCluster.Builder builder = EtcdCluster.builder().members(fault.members());
        switch (fault) {
            case DISK_SLOW -> {
                Requires.program("strace");
                builder.flag("--unsafe-no-fsync=false");
            }
            case NO_SPACE -> builder.flag("--quota-backend-bytes=" + QUOTA_BYTES);
            case TOKEN_EXPIRED -> {
                Path key = Files.writeString(folder.resolve("key"), "a key that all members share, of enough bytes");
                builder.flag("--auth-token=jwt,sign-method=HS256,priv-key=" + key + ",ttl="
                                + EtcdFault.TOKEN_LIFE.toSeconds() + "s")
                        // Passwords are checked with each new token: that is not to be all that the machine does.
                        .flag("--bcrypt-cost=4");
            }
            default -> {}
        }
        FaultyEtcd etcd = new FaultyEtcd(fault, builder.start(), folder);
        try {
            etcd.prepare();
            return etcd;
        } catch (IOException | RuntimeException e) {
            etcd.close();
            throw e;
        }
    }

    private void prepare() throws IOException {
        if (isSecured()) {
            cluster.etcdctl("user", "add", ROOT);
            cluster.etcdctl("user", "grant-role", "root", "root");
            cluster.etcdctl("role", "add", "electors");
            cluster.etcdctl("role", "grant-permission", "electors", "readwrite", "--prefix=true", "/baton/");
            cluster.etcdctl("role", "grant-permission", "electors", "readwrite", "--prefix=true", "/jetcd/");
            cluster.etcdctl("user", "add", USER + ":" + PASSWORD);
            cluster.etcdctl("user", "grant-role", USER, "electors");
            cluster.etcdctl("auth", "enable");
        }
        for (int way = 0; way < 2 && fault.isOfOneWay(); way++) {
            List<TcpProxy> proxies = new ArrayList<>();
            ways.add(proxies);
            for (int member = 0; member < cluster.members(); member++) {
                proxies.add(TcpProxy.to(cluster.address(member)));
            }
        }
    }

    /** Whether clients have to authenticate. */
    public boolean isSecured() {
        return fault == EtcdFault.TOKEN_EXPIRED;
    }

    /**
     * What a candidate connects to: the URLs of all members, separated by commas.
     *
     * @param way 0 or 1, the way to get there
     * @param first the member to begin with; any number
     */
    public String endpoints(int way, int first) {
        return IntStream.range(first, first + cluster.members())
                .map(member -> Math.floorMod(member, cluster.members()))
                .mapToObj(member -> ways.isEmpty()
                        ? cluster.endpoint(member)
                        : "http://" + ways.get(way).get(member).connectString())
                .collect(Collectors.joining(","));
    }

    /**
     * Makes the fault happen.
     *
     * @param way that of those who meet with it, if it {@linkplain EtcdFault#isOfOneWay() is of one}
     * @param lines the prefixes of the elections whose leaders meet with it, if it is {@linkplain EtcdFault#isByHand() by
     *     hand}
     * @return how to heal it; does nothing if it does not last
     */
    public Healing inject(int way, List<String> lines) {
        rounds++;
        boolean even = rounds % 2 == 0;
        return switch (fault) {
            case LEADER_KILLED -> kill(List.of(leader()));
            case LEADER_STOPPED -> stop(leader());
            case FOLLOWER_KILLED -> kill(List.of(followers().get(0)));
            case QUORUM_LOST -> kill(even ? followers() : leaderAndAnother());
            case ONE_OF_TWO_KILLED -> kill(even ? followers() : List.of(leader()));
            case LEADER_MOVED -> moveLeader();
            case COMPACTED -> compactAndDefragment();
            case LEASE_REVOKED -> revoke(lines);
            case LEASE_REVOKED_BEHIND_A_BLACK_HOLE -> behindABlackHole(way, () -> revoke(lines));
            case KEY_DELETED -> delete(lines);
            case KEY_DELETED_BEHIND_A_BLACK_HOLE -> behindABlackHole(way, () -> delete(lines));
            case DISK_SLOW -> slowDown(even ? followers().subList(0, 1) : leaderAndAnother());
            case WATCH_COMPACTED -> cutAndCompact(way);
            case BLACK_HOLE -> behindABlackHole(way, () -> this::awaitServing);
            case TOKEN_EXPIRED -> this::awaitServing;
            case NO_SPACE -> fill();
        };
    }

    /** The keys below {@code prefix}, the one created first first. */
    public List<String> line(String prefix) {
        return persistently("get", "--prefix", "--keys-only", "--sort-by=CREATE", prefix)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private void awaitServing() {
        cluster.awaitServing();
    }

    private int leader() {
        return Await.forValue(
                LIMIT,
                "leader",
                () -> "",
                () -> cluster.leader().stream().boxed().findFirst());
    }

    /** By turns beginning with one or another. */
    private List<Integer> followers() {
        return othersThan(leader());
    }

    private List<Integer> leaderAndAnother() {
        int leader = leader();
        return List.of(leader, othersThan(leader).get(0));
    }

    private List<Integer> othersThan(int leader) {
        return IntStream.range(rounds, rounds + cluster.members())
                .map(member -> member % cluster.members())
                .filter(member -> member != leader)
                .boxed()
                .toList();
    }

    private Healing kill(List<Integer> members) {
        members.forEach(cluster::kill);
        return () -> {
            members.forEach(cluster::start);
            awaitServing();
        };
    }

    private Healing stop(int member) {
        cluster.pause(member);
        return () -> {
            cluster.resume(member);
            awaitServing();
        };
    }

    private Healing moveLeader() {
        String next = "member" + followers().get(0);
        String id = persistently("member", "list")
                .lines()
                .filter(line -> line.contains(" " + next + ","))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElseThrow();
        persistently("move-leader", id);
        return this::awaitServing;
    }

    private Healing compactAndDefragment() {
        put("/elsewhere/filling", FILLING_BYTES);
        compact();
        persistently("defrag");
        return this::awaitServing;
    }

    private Healing revoke(List<String> lines) {
        lines.forEach(line -> await("leader on " + line + " to lose its lease", () -> {
            String key = line(line).get(0);
            return etcdctl("lease", "revoke", key.substring(key.lastIndexOf('/') + 1));
        }));
        return this::awaitServing;
    }

    private Healing delete(List<String> lines) {
        lines.forEach(line -> await("leader on " + line + " to lose its key", () -> {
            String key = line(line).get(0);
            return etcdctl("del", key);
        }));
        return this::awaitServing;
    }

    private interface Injection {
        Healing inject();
    }

    private Healing behindABlackHole(int way, Injection meanwhile) {
        ways.get(way).forEach(TcpProxy::blackHole);
        Healing healing = meanwhile.inject();
        return () -> {
            ways.get(way).forEach(TcpProxy::pass);
            healing.heal();
        };
    }

    private Healing slowDown(List<Integer> members) {
        List<SlowDisk> slow = members.stream()
                .map(member -> SlowDisk.under(cluster.pid(member), SYNC))
                .toList();
        return () -> {
            slow.forEach(SlowDisk::close);
            awaitServing();
        };
    }

    private Healing cutAndCompact(int way) {
        ways.get(way).forEach(TcpProxy::cut);
        // What the watches would have told, once below each prefix and once more.
        List.of("/baton/elsewhere/x", "/jetcd/elsewhere/x", "/baton/elsewhere/x")
                .forEach(key -> persistently("put", key, "x"));
        compact();
        return () -> {
            ways.get(way).forEach(TcpProxy::pass);
            awaitServing();
        };
    }

    private Healing fill() {
        for (int i = 0; put("/elsewhere/filling", FILLING_BYTES); i++) {
            if (i == FILLINGS) {
                throw new IllegalStateException("the database takes more than " + FILLINGS + " times " + FILLING_BYTES);
            }
        }
        return () -> {
            compact();
            persistently("defrag");
            persistently("alarm", "disarm");
            awaitServing();
        };
    }

    /** Answers whether there was space for it. */
    private boolean put(String key, int bytes) {
        String body = "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64("x".repeat(bytes)) + "\"}";
        try {
            String answer = http.send(
                            HttpRequest.newBuilder(URI.create(cluster.endpoint(leader()) + "/v3/kv/put"))
                                    .timeout(LIMIT)
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            if (answer.contains("database space exceeded")) {
                return false;
            }
            if (!answer.contains("\"revision\"")) {
                throw new IllegalStateException(answer);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in a write", e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void compact() {
        String json = persistently("get", "/elsewhere", "-w", "json");
        String revision = json.replaceAll("(?s).*\"revision\":(\\d+).*", "$1");
        await("compaction of revision " + revision, () -> {
            try {
                return etcdctl("compact", revision);
            } catch (IllegalStateException e) {
                // Done already, by an attempt whose answer was lost.
                if (String.valueOf(e.getMessage()).contains("has been compacted")) {
                    return "";
                }
                throw e;
            }
        });
    }

    /** As {@link #etcdctl}, again while it fails, for what may be done twice: the cluster is not at its best. */
    private String persistently(String... arguments) {
        return await("etcdctl " + String.join(" ", arguments), () -> etcdctl(arguments));
    }

    private static String await(String goal, Supplier<String> attempt) {
        AtomicReference<String> why = new AtomicReference<>("");
        return Await.forValue(LIMIT, goal, why::get, () -> {
            try {
                return Optional.of(attempt.get());
            } catch (IllegalStateException | IndexOutOfBoundsException e) {
                why.set(e.toString());
                return Optional.empty();
            }
        });
    }

    /** As somebody who may do anything. */
    private String etcdctl(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (isSecured()) {
            all.add("--user=" + ROOT);
        }
        return cluster.etcdctl(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        ways.forEach(way -> way.forEach(TcpProxy::close));
        cluster.close();
        Folders.delete(folder);
    }
}
