package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The network between the members of an ensemble: a {@link TcpProxy} for each ordered pair of them and each of the two
 * ports on which they talk.
 *
 * <p>All members have the same list of peers, by name, and each has a hosts file of its own, in which its own name is
 * its real address and another's the address of its proxy to it. Names are needed because a member tells its peers where
 * to call it back for an election: an address it sent would lead them past the proxy.
 */
final class PeerNetwork implements AutoCloseable {
    private final int members;
    private final List<Route> routes = new ArrayList<>();
    private final Set<Integer> isolated = new HashSet<>();

    private record Route(int from, int to, TcpProxy proxy) {}

    private PeerNetwork(int members) {
        this.members = members;
    }

    /** Opens the proxies to the members' ports; the lists have a port for each member. */
    static PeerNetwork between(List<Integer> quorumPorts, List<Integer> electionPorts) throws IOException {
        PeerNetwork network = new PeerNetwork(quorumPorts.size());
        try {
            for (int from = 0; from < network.members; from++) {
                for (int to = 0; to < network.members; to++) {
                    network.openRoute(from, to, quorumPorts.get(to));
                    network.openRoute(from, to, electionPorts.get(to));
                }
            }
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private void openRoute(int from, int to, int port) throws IOException {
        if (from != to) {
            InetSocketAddress bind = new InetSocketAddress(seenFrom(from, to), port);
            routes.add(new Route(from, to, TcpProxy.between(bind, Ports.loopback(port))));
        }
    }

    /** The name of a member in every member's configuration. */
    static String name(int member) {
        return "member" + member + ".test";
    }

    /** The hosts file of a member. */
    String hosts(int member) {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        for (int to = 0; to < members; to++) {
            String address = to == member ? "127.0.0.1" : seenFrom(member, to).getHostAddress();
            hosts.append(address).append(' ').append(name(to)).append('\n');
        }
        return hosts.toString();
    }

    private static InetAddress seenFrom(int from, int to) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 1, (byte) (from + 1), (byte) (to + 1)});
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    synchronized boolean isIsolated(int member) {
        return isolated.contains(member);
    }

    synchronized void isolate(int member) {
        isolated.add(member);
        routes.stream()
                .filter(route -> route.from == member || route.to == member)
                .forEach(this::apply);
    }

    synchronized void heal(int member) {
        isolated.remove(member);
        routes.stream()
                .filter(route -> route.from == member || route.to == member)
                .forEach(this::apply);
    }

    private void apply(Route route) {
        if (isolated.contains(route.from) || isolated.contains(route.to)) {
            route.proxy.blackHole();
        } else {
            route.proxy.pass();
        }
    }

    @Override
    public void close() {
        routes.forEach(route -> route.proxy.close());
    }
}
