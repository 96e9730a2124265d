package dev.baton.etcd;

import static dev.baton.etcd.Waits.await;

import dev.baton.LeaderElection;
import dev.baton.testing.servers.EtcdCluster;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The threads that a backend and its client start, on a real member. */
class ThreadsIT {
    private static final List<String> THEIRS = List.of("baton-", "grpc-", "globalEventExecutor", "netty", "vert.x");

    @Test
    void endSoonAfterTheLastBackendWasClosed() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start()) {
            Set<Thread> before = alive();
            EtcdBackend one = EtcdBackend.connect(etcd.endpoint(0));
            EtcdBackend other = EtcdBackend.connect(etcd.endpoint(0));
            LeaderElection election = LeaderElection.on(one, "orders/reconciler")
                    .onStartedLeading(term -> {})
                    .start();
            LeaderElection standby = LeaderElection.on(other, "orders/reconciler")
                    .onStartedLeading(term -> {})
                    .start();
            await().until(() -> standby.currentLeader().isPresent()
                    && election.currentLeader().isPresent());

            one.close();
            other.close();

            await().until(() -> before.containsAll(alive()));
        }
    }

    private static Set<Thread> alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> THEIRS.stream().anyMatch(thread.getName()::startsWith))
                .collect(Collectors.toSet());
    }
}
