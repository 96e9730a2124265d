package dev.baton.campaign.process;

import dev.baton.LeaderElection;
import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import dev.baton.etcd.EtcdBackend;
import dev.baton.event.EventSink;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A candidate of this library, as its users write one. */
final class BatonContender implements Contender {
    private final LockBackend backend;
    private final LeaderElection.Builder builder;
    private volatile @Nullable LeaderElection election;

    private BatonContender(LockBackend backend, LeaderElection.Builder builder) {
        this.backend = backend;
        this.builder = builder;
    }

    static Contender open(Settings settings, Appendable events) {
        return open(settings, EventSink.jsonLines(events), builder -> builder);
    }

    /** @param more what else is asked of the election */
    static Contender open(Settings settings, EventSink events, UnaryOperator<LeaderElection.Builder> more) {
        LockBackend backend = backend(settings);
        return new BatonContender(
                backend,
                more.apply(LeaderElection.on(backend, settings.name())
                        .identity(settings.identity())
                        .timing(ElectionTiming.of(
                                settings.leaseDuration(), settings.renewDeadline(), settings.retryPeriod()))
                        .events(events)));
    }

    private static LockBackend backend(Settings settings) {
        return switch (settings.store()) {
            case KUBERNETES ->
                KubernetesBackend.lease()
                        .kubeconfig(Path.of(settings.where()))
                        .shutdownHook(false)
                        .build();
            case ETCD ->
                EtcdBackend.builder(settings.where()).shutdownHook(false).build();
            case ZOOKEEPER ->
                ZooKeeperBackend.builder(settings.where())
                        .tickTime(Settings.ZOOKEEPER_TICK)
                        .shutdownHook(false)
                        .build();
        };
    }

    @Override
    public void contend(Leadership leadership) {
        election = builder.onStartedLeading(
                        term -> leadership.began(term.fencingToken().number()))
                .onStoppedLeading((term, why) -> leadership.ended())
                .start();
    }

    @Override
    public boolean claimsToLead() {
        LeaderElection running = election;
        return running != null && running.leadership().isPresent();
    }

    @Override
    public void close() {
        LeaderElection running = election;
        if (running != null) {
            running.close();
        }
        backend.close();
    }
}
