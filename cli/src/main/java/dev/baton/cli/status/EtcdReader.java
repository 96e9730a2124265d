package dev.baton.cli.status;

import static dev.baton.cli.store.EtcdAccess.bytes;

import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.Place;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.store.EtcdAccess;
import dev.baton.cli.store.Kind;
import dev.baton.internal.session.TermTimes;
import dev.baton.spi.Printable;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Elections on etcd: the keys below a name; the first key created leads. Baton, {@code etcdctl elect} and Go's {@code
 * concurrency.Election} all store them so.
 *
 * <p>Reads are linearizable while there is a quorum. Without one, a member's own data is shown, marked as such.
 */
final class EtcdReader implements StatusReader {
    /** The last part of a candidate's key: the ID of its lease. */
    private static final Pattern LEASE = Pattern.compile("[0-9a-f]{1,16}");

    private static final String SESSIONS = ".session/";

    /** The longest lease that etcd grants, in seconds. */
    private static final long LONGEST_LEASE = 9_000_000_000L;

    private final EtcdMembers cluster;
    private final String prefix;
    private final List<String> names;
    private final Duration patience;
    private Watch.@Nullable Watcher watcher;

    /**
     * @param prefix the prefix of the elections' keys; a missing slash at its end is added
     * @param names below {@code prefix}, or whole keys that begin with a slash
     */
    EtcdReader(EtcdMembers cluster, String prefix, List<String> names, Duration patience) {
        this.cluster = cluster;
        this.prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        this.names = names;
        this.patience = patience;
    }

    @Override
    public Status read() throws IOException, InterruptedException {
        EtcdMembers.Look look = cluster.look();
        List<String> warnings = new ArrayList<>(look.warnings());
        List<Election> elections = look.hasLeader() ? decided(look, warnings) : null;
        if (elections == null) {
            elections = remembered(look);
            if (look.lacksQuorum()) {
                warnings.add(look.quorumLost());
            } else {
                warnings.add("the cluster has no leader that answers; if this persists, look at the members' logs and"
                        + " at the network between them");
            }
        }
        return new Status(Kind.ETCD.shortText(), cluster.address(), Instant.now(), elections, look.members(), warnings);
    }

    /** The answer of a quorum, or null when there is none after all. */
    private @Nullable List<Election> decided(EtcdMembers.Look look, List<String> warnings)
            throws IOException, InterruptedException {
        Map<String, List<KeyValue>> lines;
        try {
            lines = lines(look.reader(), false);
        } catch (IOException e) {
            String refused = cluster.refusal(e, prefix);
            if (refused != null) {
                throw new IOException(refused, e);
            }
            return null;
        }
        Map<Long, LeaseTimeToLiveResponse> leases = leases(look.reader(), lines, warnings);
        Map<String, String> sentinels = sentinels(look.reader(), lines, warnings);
        Instant now = Instant.now();
        List<Election> elections = new ArrayList<>();
        lines.forEach((name, line) -> elections.add(election(name, line, leases, sentinels, now)));
        return elections;
    }

    private List<Election> remembered(EtcdMembers.Look look) throws IOException, InterruptedException {
        List<Election> elections = new ArrayList<>();
        Map<String, List<KeyValue>> lines;
        try {
            lines = lines(look.reader(), true);
        } catch (IOException e) {
            String refused = cluster.refusal(e, prefix);
            throw new IOException(refused == null ? cluster.sentence(e) : refused, e);
        }
        lines.forEach((name, line) -> elections.add(
                line.isEmpty()
                        ? Election.without(name, State.UNKNOWN, "the leader is unknown: etcd has no quorum")
                        : new Election(
                                name,
                                State.UNKNOWN,
                                called(line.get(0)),
                                null,
                                null,
                                null,
                                null,
                                line.get(0).getCreateRevision(),
                                places(line),
                                List.of("the leader is unknown: etcd has no quorum. The last known leader, "
                                        + shown(called(line.get(0)))
                                        + ", cannot renew its lease now"))));
        return elections;
    }

    /** The candidates of each election, in the order of their arrival. */
    private Map<String, List<KeyValue>> lines(Client client, boolean serializable)
            throws IOException, InterruptedException {
        Map<String, List<KeyValue>> lines = new LinkedHashMap<>();
        for (String name : names) {
            lines.put(name, range(client, key(name) + "/", serializable));
        }
        if (names.isEmpty()) {
            for (KeyValue each : range(client, prefix, serializable)) {
                String key = key(each);
                int slash = key.lastIndexOf('/');
                boolean inLine = slash > prefix.length() - 1
                        && !key.startsWith(prefix + SESSIONS)
                        && LEASE.matcher(key.substring(slash + 1)).matches();
                if (inLine) {
                    lines.computeIfAbsent(key.substring(prefix.length(), slash), name -> new ArrayList<>())
                            .add(each);
                }
            }
        }
        return lines;
    }

    private List<KeyValue> range(Client client, String from, boolean serializable)
            throws IOException, InterruptedException {
        GetOption option = GetOption.builder()
                .isPrefix(true)
                .withSerializable(serializable)
                .withSortField(GetOption.SortTarget.CREATE)
                .withSortOrder(GetOption.SortOrder.ASCEND)
                .build();
        GetResponse found = EtcdAccess.await(client.getKVClient().get(bytes(from), option), patience);
        return found.getKvs();
    }

    private String key(String name) {
        return name.startsWith("/") ? name : prefix + name;
    }

    /** The remaining time of the leaders' leases: queried together, once for each lease. */
    private Map<Long, LeaseTimeToLiveResponse> leases(
            Client client, Map<String, List<KeyValue>> lines, List<String> warnings) throws InterruptedException {
        Map<Long, CompletableFuture<LeaseTimeToLiveResponse>> asked = new HashMap<>();
        for (List<KeyValue> line : lines.values()) {
            if (!line.isEmpty() && line.get(0).getLease() != 0) {
                asked.computeIfAbsent(
                        line.get(0).getLease(),
                        lease -> client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT));
            }
        }
        Map<Long, LeaseTimeToLiveResponse> leases = new HashMap<>();
        for (Map.Entry<Long, CompletableFuture<LeaseTimeToLiveResponse>> each : asked.entrySet()) {
            try {
                leases.put(each.getKey(), EtcdAccess.await(each.getValue(), patience));
            } catch (IOException e) {
                warnings.add("lease " + Long.toHexString(each.getKey()) + " could not be read" + " (" + e.getMessage()
                        + "), so the holder's last renewal is not shown");
            }
        }
        return leases;
    }

    /** The sentinels of the leaders' sessions, by key. */
    private Map<String, String> sentinels(Client client, Map<String, List<KeyValue>> lines, List<String> warnings)
            throws InterruptedException {
        Map<String, String> said = new HashMap<>();
        try {
            if (names.isEmpty()) {
                range(client, prefix + SESSIONS, false).forEach(each -> said.put(key(each), text(each)));
            } else {
                for (List<KeyValue> line : lines.values()) {
                    if (!line.isEmpty()) {
                        EtcdAccess.await(client.getKVClient().get(bytes(sentinel(line.get(0)))), patience)
                                .getKvs()
                                .forEach(each -> said.put(key(each), text(each)));
                    }
                }
            }
        } catch (IOException e) {
            warnings.add("the start times of leaders could not be read below "
                    + prefix + SESSIONS + " (" + e.getMessage()
                    + "), so they are not shown");
        }
        return said;
    }

    private String sentinel(KeyValue leader) {
        return prefix + SESSIONS + Long.toHexString(leader.getLease());
    }

    private Election election(
            String name,
            List<KeyValue> line,
            Map<Long, LeaseTimeToLiveResponse> leases,
            Map<String, String> sentinels,
            Instant now) {
        if (line.isEmpty()) {
            return Election.without(name, State.VACANT, "no leader: there is no key below " + shown(key(name)) + "/");
        }
        KeyValue first = line.get(0);
        List<String> remarks = new ArrayList<>();
        for (KeyValue each : line) {
            if (key(each).indexOf('/', key(name).length() + 1) >= 0) {
                remarks.add("the key " + shown(key(each)) + " belongs to an election whose name begins with this one's,"
                        + " and is in line here: rename one of them");
            }
        }
        LeaseTimeToLiveResponse lease = leases.get(first.getLease());
        if (first.getLease() == 0) {
            remarks.add("the key " + shown(key(first)) + " of " + shown(called(first))
                    + " is on no lease, so it remains when its writer dies; if it has no owner, delete it with:"
                    + " etcdctl del " + shown(key(first)));
        } else if (lease != null && lease.getTTL() <= 0) {
            remarks.add("the lease of " + shown(called(first)) + " has run out, and etcd is about to delete its key");
        }
        LeaseTimeToLiveResponse living = lease != null && lease.getTTL() > 0 ? lease : null;
        return new Election(
                name,
                lease != null && living == null ? State.EXPIRED : State.LED,
                called(first),
                TermTimes.of(first.getCreateRevision(), sentinels.getOrDefault(sentinel(first), "")),
                living == null ? null : now.minusSeconds(used(living)),
                living == null ? null : Duration.ofSeconds(living.getGrantedTTL()),
                null,
                first.getCreateRevision(),
                places(line),
                remarks);
    }

    /**
     * The used time of a lease, in seconds: at least zero, and at most the longest that etcd grants, for any answer.
     */
    static long used(LeaseTimeToLiveResponse lease) {
        long granted = Math.max(0, Math.min(lease.getGrantedTTL(), LONGEST_LEASE));
        return Math.max(0, granted - lease.getTTL());
    }

    private static List<Place> places(List<KeyValue> line) {
        return line.stream()
                .map(each -> new Place(called(each), key(each), each.getCreateRevision(), null))
                .toList();
    }

    private static String shown(String raw) {
        return Printable.value(raw);
    }

    private static String key(KeyValue each) {
        return each.getKey().toString(StandardCharsets.UTF_8);
    }

    /** The name of a candidate: its value, or its key if it has written no value. */
    static String called(KeyValue each) {
        String text = text(each);
        return text.isBlank() ? key(each) : text;
    }

    private static String text(KeyValue each) {
        return each.getValue().toString(StandardCharsets.UTF_8);
    }

    @Override
    public void follow(Runnable changed) {
        // Runs once the watch is open too: changes before that are read then.
        WatchOption all =
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
        String from = names.size() == 1 ? key(names.get(0)) + "/" : prefix;
        watcher = cluster.lastReader()
                .getWatchClient()
                .watch(bytes(from), all, Watch.listener(events -> changed.run(), failure -> changed.run()));
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
        }
        cluster.close();
    }
}
