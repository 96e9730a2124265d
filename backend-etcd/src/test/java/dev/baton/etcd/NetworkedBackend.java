package dev.baton.etcd;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.TcpProxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backend with a network of its own, which it takes along when it is closed, and which knows the leases it held on. */
final class NetworkedBackend implements LockBackend {
    private static final Logger log = LoggerFactory.getLogger(NetworkedBackend.class);

    private final TcpProxy network;
    private final EtcdBackend right;
    private final Set<String> leases = ConcurrentHashMap.newKeySet();
    private volatile boolean open = true;

    NetworkedBackend(TcpProxy network) {
        this.network = network;
        this.right = EtcdBackend.builder("http://" + network.connectString())
                .shutdownHook(false)
                .build();
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
    public String kind() {
        return right.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return right.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        right.check(election, timing);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return right.windDownBudget(timing);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return right.acquire(claim, deadline).whenComplete((answer, failure) -> {
            if (answer instanceof Answer.Granted granted) {
                note(claim.election(), granted);
            }
        });
    }

    /** A key ends with its lease. */
    private void note(ElectionName election, Answer.Granted granted) {
        try {
            String key = right.fence(election, granted.token()).key();
            leases.add(key.substring(key.lastIndexOf('/') + 1));
        } catch (IllegalStateException e) {
            log.debug("the term was over before its key could be asked for", e);
        }
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return right.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return right.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return right.observe(election, timing, watcher);
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
