package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.jspecify.annotations.Nullable;

/**
 * A candidate of Curator's {@code LeaderLatch}, with Curator's default connection-state policy. It leads while {@code
 * hasLeadership()} says so. There is no token in its API.
 */
public final class CuratorContender implements Contender {
    /** Where Baton's line would be, so that the same hand meets both. */
    private static final String PARENT = "/baton/";

    private static final int FIRST_PAUSE_MILLIS = 100;
    /** The most that Curator allows. */
    private static final int RETRIES = 29;

    private final CuratorFramework client;
    private final LeaderLatch latch;
    private volatile @Nullable Claim claim;

    private CuratorContender(CuratorFramework client, LeaderLatch latch) {
        this.client = client;
        this.latch = latch;
    }

    /** One that does not contend yet, in a session whose timeout is the leaseDuration. */
    public static Contender open(Settings settings, Appendable events) {
        int timeout = Math.toIntExact(settings.leaseDuration().toMillis());
        int pause = Math.toIntExact(settings.retryPeriod().toMillis());
        CuratorFramework client = CuratorFrameworkFactory.newClient(
                settings.where(),
                timeout,
                timeout,
                new BoundedExponentialBackoffRetry(FIRST_PAUSE_MILLIS, Math.max(FIRST_PAUSE_MILLIS, pause), RETRIES));
        client.start();
        return new CuratorContender(client, new LeaderLatch(client, PARENT + settings.name(), settings.identity()));
    }

    @Override
    public void contend(Leadership leadership) {
        Claim one = new Claim(leadership);
        claim = one;
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                one.begin(null);
            }

            @Override
            public void notLeader() {
                one.end();
            }
        });
        try {
            latch.start();
        } catch (Exception e) {
            throw new IllegalStateException("the latch did not start", e);
        }
    }

    @Override
    public boolean claimsToLead() {
        return latch.hasLeadership();
    }

    @Override
    public void close() {
        Claim one = claim;
        try {
            if (one != null) {
                one.close();
                latch.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            client.close();
        }
    }
}
