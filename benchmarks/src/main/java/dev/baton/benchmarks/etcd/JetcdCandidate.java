package dev.baton.benchmarks.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A candidate of jetcd's {@code Election}, on a lease that jetcd keeps alive, as its users write one. */
final class JetcdCandidate implements AutoCloseable {
    private final Client client;
    private final ByteSequence election;
    private final long lease;
    private final CloseableClient keeper;

    JetcdCandidate(String endpoint, String election, Duration ttl) {
        this.client = client(endpoint);
        this.election = bytes(election);
        this.lease = grant(client, ttl);
        this.keeper = keepAlive(client, lease);
    }

    static Client client(String endpoint) {
        return Client.builder().endpoints(URI.create(endpoint)).build();
    }

    static long grant(Client client, Duration ttl) {
        return client.getLeaseClient().grant(ttl.toSeconds()).join().getID();
    }

    static CloseableClient keepAlive(Client client, long lease) {
        return client.getLeaseClient().keepAlive(lease, Observers.observer(answer -> {}));
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    /** Completes when this candidate leads. */
    CompletableFuture<LeaderKey> campaign() {
        return client.getElectionClient()
                .campaign(election, lease, bytes("jetcd"))
                .thenApply(CampaignResponse::getLeader);
    }

    CompletableFuture<?> resign(LeaderKey key) {
        return client.getElectionClient().resign(key);
    }

    @Override
    public void close() {
        keeper.close();
        client.getLeaseClient().revoke(lease).join();
        client.close();
    }
}
