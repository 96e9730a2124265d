package dev.baton.cli.status;

import dev.baton.cli.status.Status.EtcdMember;
import dev.baton.cli.store.EtcdAccess;
import dev.baton.etcd.EtcdEndpoints;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The members of an etcd cluster; each is queried for its own view. Used by one thread. */
final class EtcdMembers implements AutoCloseable {
    private final List<String> endpoints;
    private final EtcdAccess access;
    private final Duration patience;
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private @Nullable Client reader;

    /** @param endpoints the URLs of at least one member */
    EtcdMembers(List<String> endpoints, EtcdAccess access, Duration patience) {
        this.endpoints = endpoints;
        this.access = access;
        this.patience = patience;
    }

    /**
     * The members' answers.
     *
     * @param reader a client of a member that answered
     */
    record Look(List<EtcdMember> members, boolean hasLeader, Client reader, List<String> warnings) {
        private long voters() {
            return members.stream().filter(member -> !member.learner()).count();
        }

        private long answering() {
            return members.stream()
                    .filter(member -> !member.learner() && member.reachable())
                    .count();
        }

        boolean lacksQuorum() {
            return answering() <= voters() / 2;
        }

        String quorumLost() {
            return "the cluster has lost its quorum: " + answering() + " of " + voters()
                    + " voting members answers here, and it takes " + (voters() / 2 + 1)
                    + "; until more are back no candidate is elected, and a leader steps down by renewDeadline";
        }
    }

    /** The addresses, for messages. */
    String address() {
        return String.join(",", endpoints);
    }

    /**
     * Queries the named members, and the others at the addresses in the cluster's list.
     *
     * @throws IOException with a sentence, when none of the named members answers
     */
    Look look() throws IOException, InterruptedException {
        Map<Long, Asked> answered = new LinkedHashMap<>();
        IOException failure = ask(endpoints, answered);
        if (answered.isEmpty()) {
            String refused = failure == null ? null : refusal(failure, "the cluster");
            throw new IOException(refused != null ? refused : sentence(failure), failure);
        }
        Client reading = client(answered.values().iterator().next().endpoint());
        reader = reading;
        List<Member> listed;
        try {
            listed = EtcdAccess.await(reading.getClusterClient().listMember(), patience)
                    .getMembers();
        } catch (IOException e) {
            String refused = refusal(e, "the list of members");
            throw new IOException(refused == null ? sentence(e) : refused, e);
        }
        List<String> others = listed.stream()
                .filter(member -> !answered.containsKey(member.getId()))
                .flatMap(member -> member.getClientURIs().stream())
                .map(URI::toString)
                .filter(url -> isUsable(url) && !endpoints.contains(url))
                .toList();
        ask(others, answered);
        return look(reading, listed, answered);
    }

    private Look look(Client reading, List<Member> listed, Map<Long, Asked> answered) {
        List<EtcdMember> members = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        boolean hasLeader = false;
        for (Member each : listed) {
            EtcdMember member = member(each, answered.get(each.getId()));
            members.add(member);
            Asked asked = answered.get(each.getId());
            if (asked == null) {
                warnings.add("member " + member.title() + " does not answer here");
            } else {
                hasLeader |= asked.status().getLeader() != 0;
                asked.status()
                        .getErrorList()
                        .forEach(error -> warnings.add("member " + member.title() + " says: " + error));
            }
        }
        Look look = new Look(List.copyOf(members), hasLeader, reading, List.copyOf(warnings));
        long voters = look.voters();
        if (voters % 2 == 0) {
            warnings.add("the cluster has " + voters + " voting members, an even number: it bears the loss of "
                    + (voters - 1) / 2 + ", no more than " + (voters - 1) + " would; add a member, or remove one");
        }
        return new Look(look.members(), hasLeader, reading, List.copyOf(warnings));
    }

    private static EtcdMember member(Member listed, @Nullable Asked asked) {
        String advertised = listed.getClientURIs().isEmpty()
                ? ""
                : listed.getClientURIs().get(0).toString();
        String id = Long.toHexString(listed.getId());
        if (asked == null) {
            return new EtcdMember(id, listed.getName(), advertised, false, null, null, false, null, listed.isLearner());
        }
        StatusResponse status = asked.status();
        return new EtcdMember(
                id,
                listed.getName(),
                asked.endpoint(),
                true,
                status.getVersion(),
                status.getDbSize(),
                status.getLeader() == listed.getId(),
                status.getRaftIndex(),
                status.isLearner());
    }

    /** A member may advertise an address that other hosts cannot use, such as a socket in its own file system. */
    private static boolean isUsable(String url) {
        try {
            return EtcdEndpoints.parse(url).equals(List.of(url));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private record Asked(String endpoint, StatusResponse status) {}

    /** Queries all at once, because each dead member takes a whole timeout. */
    private @Nullable IOException ask(List<String> urls, Map<Long, Asked> answered) throws InterruptedException {
        Map<String, CompletableFuture<StatusResponse>> asked = new LinkedHashMap<>();
        for (String url : urls) {
            asked.put(url, client(url).getMaintenanceClient().statusMember(url));
        }
        IOException failure = null;
        for (Map.Entry<String, CompletableFuture<StatusResponse>> each : asked.entrySet()) {
            try {
                StatusResponse status = EtcdAccess.await(each.getValue(), patience);
                answered.putIfAbsent(status.getHeader().getMemberId(), new Asked(each.getKey(), status));
            } catch (IOException e) {
                failure = e;
            }
        }
        return failure;
    }

    private Client client(String url) {
        return clients.computeIfAbsent(url, each -> access.client(List.of(each), patience));
    }

    /** A client of the member that answered last. */
    Client lastReader() {
        return reader == null ? client(endpoints.get(0)) : reader;
    }

    /** The message for a request without an answer. */
    String sentence(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSslRecordException) {
                return "etcd at " + address() + " answers without TLS; write http:// in its address if it has none";
            }
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return "etcd at " + address() + " shows a certificate that is not trusted, or requires one ("
                        + said(failure)
                        + "); name its authority with --cacert, the client certificate with --cert and --key, and an"
                        + " address that its certificate has";
            }
        }
        return "etcd at " + address() + " is not reachable (" + said(failure)
                + "); check the address with \"etcdctl endpoint health\", and whether it is http or https";
    }

    /** The message for a {@code failure} of permissions on {@code what}, or null for another failure. */
    @Nullable String refusal(Throwable failure, String what) {
        String said = said(failure);
        if (said.contains("permission denied")) {
            return "etcd at " + address() + " denies access to " + what + "; the user needs read permission: etcdctl"
                    + " role grant-permission <role> read --prefix=true " + what;
        }
        return said.contains("user name is empty")
                        || said.contains("authentication failed")
                        || said.contains("authentication is not enabled")
                        || said.contains("invalid auth token")
                ? "etcd at " + address() + " rejected the credentials of this client (" + said
                        + "); correct --user NAME:PASSWORD"
                : null;
    }

    private static String said(@Nullable Throwable failure) {
        return failure == null ? "no answer" : String.valueOf(failure.getMessage());
    }

    @Override
    public void close() {
        clients.values().forEach(Client::close);
    }
}
