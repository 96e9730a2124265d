package dev.baton.campaign.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdCluster;
import dev.baton.testing.servers.KubeApiServer;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each peer elects on its real server, in processes of their own: one leads; another follows when that leaves, or dies. */
class PeersIT {
    private static final String ELECTION = "default/peers";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @Test
    void clientGo() throws IOException {
        leadsInTurn(Elector.CLIENT_GO, Store.KUBERNETES, kubernetes());
    }

    @Test
    void fabric8() throws IOException {
        leadsInTurn(Elector.FABRIC8, Store.KUBERNETES, kubernetes());
    }

    @Test
    void officialJava() throws IOException {
        leadsInTurn(Elector.OFFICIAL_JAVA, Store.KUBERNETES, kubernetes());
    }

    @Test
    void curator() throws IOException {
        ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().members(1).start();
        open.add(ensemble);
        leadsInTurn(Elector.CURATOR, Store.ZOOKEEPER, ensemble.connectString());
    }

    @Test
    void jetcd() throws IOException {
        EtcdCluster etcd = EtcdCluster.builder().start();
        open.add(etcd);
        List<Long> tokens = leadsInTurn(Elector.JETCD, Store.ETCD, etcd.endpoints()).stream()
                .map(Long::valueOf)
                .toList();
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    private static String kubernetes() {
        return KubeApiServer.shared().kubeconfig().toString();
    }

    /** Answers the tokens of the three terms, in that order. */
    private List<String> leadsInTurn(Elector elector, Store store, String where) throws IOException {
        String election = ELECTION + "-" + elector.text();
        CandidateProcess first = candidate(elector, store, where, election, "first");
        first.awaitEvent("began");
        first.awaitEvent("claims");
        CandidateProcess second = candidate(elector, store, where, election, "second");

        first.terminate();
        second.awaitEvent("began");
        second.awaitEvent("claims");
        assertThat(first.awaitEvent("ended")).isLessThan(second.awaitEvent("began"));
        assertThat(first.printed()).contains("\"closed\"");

        CandidateProcess third = candidate(elector, store, where, election, "third");
        second.kill();
        third.awaitEvent("began");
        assertThat(second.endedAt()).isLessThan(third.awaitEvent("began"));
        return List.of(token(first), token(second), token(third));
    }

    private static String token(CandidateProcess candidate) {
        return candidate.events().stream()
                .filter(event -> event.event().equals("began"))
                .map(CandidateEvent::detail)
                .findFirst()
                .orElseThrow();
    }

    private CandidateProcess candidate(Elector elector, Store store, String where, String election, String identity)
            throws IOException {
        CandidateProcess process = CandidateProcess.start(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx128m",
                ContenderMain.class.getName(),
                elector.text(),
                store.name(),
                where,
                election,
                identity));
        open.add(0, process);
        return process;
    }
}
