package dev.baton.campaign.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate of jetcd's {@code Election}, on a lease that jetcd keeps alive; another client and lease for each round. It
 * leads from the moment at which {@code campaign} answers until jetcd tells it otherwise in any way that it has: its lease is
 * not kept alive any more, or somebody else is observed to lead. The token is the revision of the leader's key.
 */
public final class JetcdContender implements Contender {
    private static final Logger log = LoggerFactory.getLogger(JetcdContender.class);
    private static final String PARENT = "/jetcd/";
    private static final long PATIENCE_SECONDS = 10;

    private final Settings settings;
    private final Rounds rounds;

    private JetcdContender(Settings settings) {
        this.settings = settings;
        this.rounds = new Rounds(settings.retryPeriod());
    }

    /** One that does not contend yet; the TTL of its leases is the leaseDuration, in whole seconds. */
    public static Contender open(Settings settings, Appendable events) {
        return new JetcdContender(settings);
    }

    @Override
    public void contend(Leadership leadership) {
        rounds.start(leadership, this::once);
    }

    private void once(Claim claim) throws Exception {
        Client client =
                Client.builder().endpoints(settings.where().split(",", -1)).build();
        try {
            long lease = client.getLeaseClient()
                    .grant(settings.leaseDuration().toSeconds())
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .getID();
            try (Term term = new Term(client, lease, claim, settings.retryPeriod())) {
                term.lead(bytes(PARENT + settings.name()), bytes(settings.identity()));
            }
        } finally {
            // Elsewhere, since it may take long while the cluster does not answer, and nothing depends on it.
            var unused = CompletableFuture.runAsync(client::close);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    @Override
    public boolean claimsToLead() {
        return rounds.isHeld();
    }

    @Override
    public void close() {
        rounds.close();
    }

    /** One lease's candidacy. */
    private static final class Term implements AutoCloseable {
        private final Client client;
        private final long lease;
        private final Claim claim;
        private final Duration pause;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private final CloseableClient keeper;

        Term(Client client, long lease, Claim claim, Duration pause) {
            this.client = client;
            this.lease = lease;
            this.claim = claim;
            this.pause = pause;
            this.keeper = client.getLeaseClient()
                    .keepAlive(
                            lease,
                            Observers.<LeaseKeepAliveResponse>builder()
                                    .onError(failure -> end())
                                    .onCompleted(this::end)
                                    .build());
        }

        /** Campaigns until it is elected or its lease is lost; then leads until that is over. */
        void lead(ByteSequence election, ByteSequence identity) throws InterruptedException, ExecutionException {
            while (!over.isDone()) {
                CompletableFuture<LeaderKey> elected = client.getElectionClient()
                        .campaign(election, lease, identity)
                        .thenApply(answer -> {
                            claim.begin(answer.getLeader().getRevision());
                            return answer.getLeader();
                        });
                try {
                    CompletableFuture.anyOf(elected, over).get();
                    if (elected.isDone()) {
                        observe(election, elected.get().getKey());
                        over.get();
                    }
                } catch (ExecutionException e) {
                    log.debug("campaigns again", e);
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                }
            }
        }

        private void observe(ByteSequence election, ByteSequence own) {
            client.getElectionClient().observe(election, new Election.Listener() {
                @Override
                public void onNext(LeaderResponse response) {
                    if (!response.getKv().getKey().equals(own)) {
                        end();
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    again();
                }

                @Override
                public void onCompleted() {
                    again();
                }

                private void again() {
                    CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS)
                            .execute(() -> {
                                if (!over.isDone()) {
                                    observe(election, own);
                                }
                            });
                }
            });
        }

        private void end() {
            claim.close();
            over.complete(null);
        }

        /** Gives up the lease, and with it the key. */
        @Override
        public void close() {
            end();
            keeper.close();
            var revoked = client.getLeaseClient().revoke(lease);
            boolean interrupted = Thread.interrupted();
            try {
                revoked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | TimeoutException e) {
                log.debug("the lease was not revoked: it may be gone already, and ends by itself if not", e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
