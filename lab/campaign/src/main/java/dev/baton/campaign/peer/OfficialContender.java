package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.util.Config;
import java.io.IOException;

/**
 * A candidate of the official Java client's {@code LeaderElector} on a Lease, with the client's default settings; its {@code
 * run} is called again after each loss, as its documentation asks. It leads between its start and stop hooks, which is all
 * that the API has. There is no token in it.
 */
public final class OfficialContender implements Contender {
    private final LeaderElector elector;
    private final Rounds rounds;

    private OfficialContender(LeaderElector elector, Rounds rounds) {
        this.elector = elector;
        this.rounds = rounds;
    }

    /** One that does not contend yet. */
    public static Contender open(Settings settings, Appendable events) throws IOException {
        LeaseName name = LeaseName.of(settings.name());
        LeaseLock lock =
                new LeaseLock(name.namespace(), name.name(), settings.identity(), Config.fromConfig(settings.where()));
        return new OfficialContender(
                new LeaderElector(new LeaderElectionConfig(
                        lock, settings.leaseDuration(), settings.renewDeadline(), settings.retryPeriod())),
                new Rounds(settings.retryPeriod()));
    }

    @Override
    public void contend(Leadership leadership) {
        rounds.start(leadership, claim -> elector.run(() -> claim.begin(null), claim::end));
    }

    @Override
    public boolean claimsToLead() {
        return rounds.isHeld();
    }

    @Override
    public void close() {
        rounds.close();
        // Releases the Lease if it holds it.
        elector.close();
    }
}
