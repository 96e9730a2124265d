package dev.baton.benchmarks.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A candidate of jetcd's {@code Election}, on a lease that jetcd keeps alive, as its users write one. */
final class JetcdCandidate implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JetcdCandidate.class);

    private static final long PATIENCE_SECONDS = 10;

    private final Client client;
    private final ByteSequence election;
    private final long lease;
    private final CloseableClient keeper;

    JetcdCandidate(String endpoints, String election, Duration ttl) {
        this(client(endpoints), election, ttl, () -> {});
    }

    /**
     * @param client is closed with this, or if this cannot be made
     * @param unkept is run when jetcd says that the lease is not kept alive any more, perhaps more than once
     */
    JetcdCandidate(Client client, String election, Duration ttl, Runnable unkept) {
        this.client = client;
        this.election = bytes(election);
        try {
            this.lease = grant(client, ttl);
        } catch (CompletionException e) {
            client.close();
            throw e;
        }
        this.keeper = client.getLeaseClient()
                .keepAlive(
                        lease,
                        Observers.<LeaseKeepAliveResponse>builder()
                                .onError(failure -> unkept.run())
                                .onCompleted(unkept)
                                .build());
    }

    /** A client of {@code endpoints}, which are separated by commas. */
    static Client client(String endpoints) {
        return Client.builder().endpoints(endpoints.split(",", -1)).build();
    }

    static long grant(Client client, Duration ttl) {
        return client.getLeaseClient()
                .grant(ttl.toSeconds())
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join()
                .getID();
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

    /** Runs {@code heard} with the key of whoever is seen to lead, from now on, until it runs {@code deaf}, perhaps twice. */
    void observe(Consumer<String> heard, Runnable deaf) {
        client.getElectionClient().observe(election, new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                heard.accept(response.getKv().getKey().toString(UTF_8));
            }

            @Override
            public void onError(Throwable failure) {
                deaf.run();
            }

            @Override
            public void onCompleted() {
                deaf.run();
            }
        });
    }

    CompletableFuture<?> resign(LeaderKey key) {
        return client.getElectionClient().resign(key);
    }

    @Override
    public void close() {
        keeper.close();
        try {
            client.getLeaseClient().revoke(lease).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It may be gone already, and ends by itself if not.
            log.debug("the lease was not revoked", e);
        }
        client.close();
    }
}
