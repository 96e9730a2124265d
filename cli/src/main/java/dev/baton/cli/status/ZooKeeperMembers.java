package dev.baton.cli.status;

import dev.baton.cli.status.Status.ZooKeeperMember;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.client.ConnectStringParser;

/**
 * The named servers of a ZooKeeper ensemble; each is queried with {@code srvr}, which servers answer unless configured
 * not to. Used by one thread.
 */
final class ZooKeeperMembers {
    private static final Pattern VERSION = Pattern.compile("(?m)^Zookeeper version: ([^-,\\s]+)");
    private static final Pattern MODE = Pattern.compile("(?m)^Mode: ([\\w-]+)");
    private static final Pattern ZXID = Pattern.compile("(?m)^Zxid: (0x[0-9a-f]+)");
    private static final Pattern SERVER = Pattern.compile("(?m)^server\\.\\d+=[^;\\s]*?(:observer)?(?:;.*)?$");
    private static final int SHORTEST = 1_000;

    private final String endpoints;
    private final Duration patience;

    /** @param endpoints {@code host:port}, separated by commas */
    ZooKeeperMembers(String endpoints, Duration patience) {
        this.endpoints = endpoints;
        this.patience = patience;
    }

    /** The addresses, for messages and for clients. */
    String address() {
        return endpoints;
    }

    List<ZooKeeperMember> ask() {
        List<ZooKeeperMember> members = new ArrayList<>();
        for (InetSocketAddress each : new ConnectStringParser(endpoints).getServerAddresses()) {
            members.add(ask(each));
        }
        return List.copyOf(members);
    }

    private ZooKeeperMember ask(InetSocketAddress server) {
        String name = server.getHostString() + ":" + server.getPort();
        int limit = Math.max(SHORTEST, Math.toIntExact(patience.toMillis()));
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(limit);
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), limit);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return read(name, new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException | IllegalArgumentException e) {
            return new ZooKeeperMember(name, false, "unreachable", null, null);
        }
    }

    /** The server in its {@code answer} to {@code srvr}. */
    static ZooKeeperMember read(String address, String answer) {
        Matcher version = VERSION.matcher(answer);
        Matcher mode = MODE.matcher(answer);
        Matcher zxid = ZXID.matcher(answer);
        String state = mode.find()
                ? mode.group(1)
                : answer.contains("not currently serving")
                        ? "not serving"
                        : answer.contains("whitelist") ? "srvr not allowed" : "no answer to srvr";
        return new ZooKeeperMember(
                address, true, state, version.find() ? version.group(1) : null, zxid.find() ? zxid.group(1) : null);
    }

    /** The warnings with a session, and so with a quorum; {@code config} is the ensemble's, or empty. */
    List<String> judge(List<ZooKeeperMember> seen, String config) {
        List<String> warnings = new ArrayList<>();
        int voters = voters(config);
        int observers = servers(config) - voters;
        for (ZooKeeperMember each : seen) {
            if (!each.serves()) {
                warnings.add("server " + each.address() + ": " + each.state()
                        + (each.state().startsWith("srvr") ? "; add it to 4lw.commands.whitelist" : ""));
            }
        }
        int unnamed = servers(config) - seen.size();
        if (unnamed > 0) {
            warnings.add(
                    "the ensemble has " + voters + " voters" + (observers > 0 ? " and " + observers + " observers" : "")
                            + ", of which --endpoints names " + seen.size() + "; name the others to see them");
        }
        even(voters, warnings);
        return warnings;
    }

    /** The warnings when no server accepts a session; the named servers count as the ensemble. */
    static List<String> withoutSession(List<ZooKeeperMember> seen) {
        List<String> warnings = new ArrayList<>();
        long serving = seen.stream().filter(ZooKeeperMember::votes).count();
        long answering = seen.stream().filter(ZooKeeperMember::reachable).count();
        warnings.add(
                serving > 0
                        ? "a server reports that it serves, but accepted no session; look at its log"
                        : "the ensemble has lost its quorum: of " + seen.size() + " servers named " + answering
                                + " answer"
                                + (answering == 1 ? "s" : "") + ", and none serves; until more than half of the voters"
                                + " are back no candidate is elected, and a leader steps down by renewDeadline");
        if (seen.size() > 1) {
            even(seen.size(), warnings);
        }
        return warnings;
    }

    private static void even(int voters, List<String> warnings) {
        if (voters > 0 && voters % 2 == 0) {
            warnings.add("the ensemble has " + voters + " voters, an even number: it bears the loss of "
                    + (voters - 1) / 2 + ", no more than " + (voters - 1) + " would; add a server, or remove one");
        }
    }

    private static int servers(String config) {
        return (int) SERVER.matcher(config).results().count();
    }

    private static int voters(String config) {
        return (int) SERVER.matcher(config)
                .results()
                .filter(server -> server.group(1) == null)
                .count();
    }
}
