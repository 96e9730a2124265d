package dev.baton.etcd;

import dev.baton.conformance.TcpProxy;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Moment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backend with a network of its own, which it takes along when it is closed, and which knows the leases it held on. */
final class NetworkedBackend extends ForwardingBackend {
    private static final Logger log = LoggerFactory.getLogger(NetworkedBackend.class);

    private final TcpProxy network;
    private final EtcdBackend etcd;
    private final Set<String> leases = ConcurrentHashMap.newKeySet();
    private volatile boolean open = true;
    private @Nullable FaultyGrpc above;

    private NetworkedBackend(TcpProxy network, EtcdBackend etcd) {
        super(etcd);
        this.network = network;
        this.etcd = etcd;
    }

    static NetworkedBackend on(TcpProxy network) {
        return new NetworkedBackend(
                network,
                EtcdBackend.builder("http://" + network.connectString())
                        .shutdownHook(false)
                        .build());
    }

    TcpProxy network() {
        return network;
    }

    /** What its network leads through from now on, to {@code member}: a proxy that can do more than lose connections. */
    synchronized FaultyGrpc through(InetSocketAddress member) throws IOException {
        FaultyGrpc known = above;
        if (known == null) {
            known = FaultyGrpc.before(member);
            above = known;
            network.redirect(known.address());
        }
        return known;
    }

    /** Whatever has befallen it. */
    synchronized void heal() {
        network.pass();
        if (above != null) {
            above.heal();
        }
    }

    /** The leases of the claims that were granted, in hexadecimal. */
    Set<String> leases() {
        return leases;
    }

    boolean isOpen() {
        return open;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return etcd.acquire(claim, deadline).whenComplete((answer, failure) -> {
            if (answer instanceof Answer.Granted granted) {
                note(claim.election(), granted);
            }
        });
    }

    /** A key ends with its lease. */
    private void note(ElectionName election, Answer.Granted granted) {
        try {
            String key = etcd.fence(election, granted.token()).key();
            leases.add(key.substring(key.lastIndexOf('/') + 1));
        } catch (IllegalStateException e) {
            log.debug("the term was over before its key could be asked for", e);
        }
    }

    private synchronized void closeNetwork() {
        network.close();
        if (above != null) {
            above.close();
        }
    }

    @Override
    public void close() {
        try {
            delegate.close();
        } finally {
            open = false;
            closeNetwork();
        }
    }
}
