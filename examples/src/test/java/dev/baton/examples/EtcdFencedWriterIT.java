package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.etcd.EtcdBackend;
import dev.baton.etcd.EtcdFence;
import dev.baton.spi.ElectionName;
import dev.baton.testing.servers.EtcdCluster;
import io.etcd.jetcd.Client;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EtcdFencedWriterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void etcdRefusesTheWriteOfALeaderThatWasDeposed() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.builder().start();
                EtcdBackend backend = EtcdBackend.connect(etcd.endpoints());
                Client client = Client.builder().endpoints(etcd.endpoint(0)).build()) {
            EtcdFencedWriter writer = new EtcdFencedWriter(backend, client);
            try (LeaderElection election = writer.contend()) {
                await().atMost(PATIENCE).until(() -> ledger(etcd).contains("entry 1"));
                Leadership term = await().atMost(PATIENCE)
                        .until(election::leadership, java.util.Optional::isPresent)
                        .orElseThrow();
                EtcdFence fence = backend.fence(ElectionName.parse("orders/ledger"), term.fencingToken());

                etcd.etcdctl("del", fence.key());

                assertThatIllegalStateException()
                        .isThrownBy(() -> writer.append(fence, "too late"))
                        .withMessageContaining("etcd refused \"too late\"");
                assertThat(ledger(etcd)).doesNotContain("too late");
            }
        }
    }

    private static String ledger(EtcdCluster etcd) {
        return etcd.etcdctl("get", "--prefix", "--print-value-only", "/ledger/");
    }
}
