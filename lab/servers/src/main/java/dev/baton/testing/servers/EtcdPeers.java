package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import dev.baton.conformance.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The network between the members of an etcd cluster: a {@link TcpProxy} before each, which all others connect to, since
 * all have the same list of members' addresses.
 *
 * <p>What a member sends and hears on connections that it has opened goes through the proxies of the others, together with
 * what they send each other; whose a connection is, is told by the process that has its other end.
 */
final class EtcdPeers implements AutoCloseable {
    private static final Set<Direction> BOTH = EnumSet.allOf(Direction.class);

    private final List<TcpProxy> proxies = new ArrayList<>();

    private EtcdPeers() {}

    /** Opens a proxy to each of {@code ports}. */
    static EtcdPeers before(List<Integer> ports) throws IOException {
        EtcdPeers network = new EtcdPeers();
        try {
            for (int member = 0; member < ports.size(); member++) {
                InetAddress own = InetAddress.getByAddress(new byte[] {127, 2, 0, (byte) (member + 1)});
                int port = ports.get(member);
                network.proxies.add(TcpProxy.between(new InetSocketAddress(own, port), Ports.loopback(port)));
            }
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    /** Where the others find {@code member}, as {@code address:port}. */
    String connectString(int member) {
        return proxies.get(member).connectString();
    }

    /** Lets nothing pass to {@code member}, which runs as process {@code pid}, and nothing from it. */
    void isolate(int member, long pid) {
        lose(member, BOTH, BOTH, pid);
    }

    /** Lets nothing pass from {@code member}, which runs as process {@code pid}. */
    void mute(int member, long pid) {
        lose(member, EnumSet.of(Direction.TO_CLIENT), EnumSet.of(Direction.TO_TARGET), pid);
    }

    /** Everything passes. */
    void heal() {
        proxies.forEach(TcpProxy::pass);
    }

    private synchronized void lose(int member, Set<Direction> ofOthers, Set<Direction> ofItsOwn, long pid) {
        for (int to = 0; to < proxies.size(); to++) {
            TcpProxy proxy = proxies.get(to);
            if (to == member) {
                proxy.blackHole(ofOthers, client -> true);
            } else {
                proxy.blackHole(ofItsOwn, client -> SocketOwner.isProcess(pid, client, proxy.address()));
            }
        }
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
    }
}
