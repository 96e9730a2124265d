package dev.baton.etcd;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.TcpProxy;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backend with a network of its own, which it takes along when it is closed, and which knows the leases it held on. */
final class NetworkedBackend extends ForwardingBackend {
    private static final Logger log = LoggerFactory.getLogger(NetworkedBackend.class);

    private final TcpProxy network;
    private final EtcdBackend etcd;
    private final Set<String> leases = ConcurrentHashMap.newKeySet();
    private volatile boolean open = true;

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

    @Override
    public void close() {
        try {
            right.close();
        } finally {
            open = false;
            network.close();
        }
    }
}
