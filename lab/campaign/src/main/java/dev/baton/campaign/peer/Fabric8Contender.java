package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.io.File;
import java.util.concurrent.CompletableFuture;

/**
 * A candidate of fabric8's {@code LeaderElector} on a Lease, with releaseOnCancel and the client's default settings; another
 * elector for each round, since each is for one use. It leads between onStartLeading and onStopLeading, which is all that
 * the API has. There is no token in it.
 */
public final class Fabric8Contender implements Contender {
    private final Settings settings;
    private final KubernetesClient client;
    private final Rounds rounds;

    private Fabric8Contender(Settings settings, KubernetesClient client) {
        this.settings = settings;
        this.client = client;
        this.rounds = new Rounds(settings.retryPeriod());
    }

    /** One that does not contend yet. */
    public static Contender open(Settings settings, Appendable events) {
        Config config = Config.fromKubeconfig(new File(settings.where()));
        return new Fabric8Contender(
                settings, new KubernetesClientBuilder().withConfig(config).build());
    }

    @Override
    public void contend(Leadership leadership) {
        rounds.start(leadership, this::once);
    }

    private void once(Claim claim) throws Exception {
        CompletableFuture<?> leading =
                client.leaderElector().withConfig(config(claim)).build().start();
        try {
            leading.get();
        } finally {
            leading.cancel(true);
        }
    }

    private LeaderElectionConfig config(Claim claim) {
        LeaseName name = LeaseName.of(settings.name());
        return new LeaderElectionConfigBuilder()
                .withName(settings.name())
                .withLock(new LeaseLock(name.namespace(), name.name(), settings.identity()))
                .withLeaseDuration(settings.leaseDuration())
                .withRenewDeadline(settings.renewDeadline())
                .withRetryPeriod(settings.retryPeriod())
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(() -> claim.begin(null), claim::end, leader -> {}))
                .build();
    }

    @Override
    public boolean claimsToLead() {
        return rounds.isHeld();
    }

    @Override
    public void close() {
        rounds.close();
        client.close();
    }
}
