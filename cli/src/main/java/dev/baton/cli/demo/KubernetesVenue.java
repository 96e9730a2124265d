package dev.baton.cli.demo;

import dev.baton.cli.store.Kind;
import dev.baton.cli.store.Kubeconfig;
import dev.baton.kubernetes.ClusterAccess;
import dev.baton.kubernetes.KubernetesBackend;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A Kubernetes cluster, in the namespace of the kubeconfig's context.
 *
 * <p>A standby counts leaseDuration, in whole seconds, from when it saw the leader's last renewal, and tries a few
 * milliseconds later. A standby that polls would take up to a retryPeriod more, so a failover must not take longer than
 * that.
 *
 * @param kind the kind of object that carries the record
 * @param kubeconfig the cluster's address and the demo's credentials
 */
record KubernetesVenue(Kind kind, Path kubeconfig) implements Venue {
    private static final String ELECTION = "baton-demo";

    @Override
    public void check(ElectionTiming timing) {
        try (KubernetesBackend unconnected =
                kind.kubernetes(kubeconfig).shutdownHook(false).build()) {
            unconnected.check(new ElectionName(namespace(), ELECTION), timing);
        }
    }

    @Override
    public Duration expiry(ElectionTiming timing) {
        return lease(timing).plus(timing.retryPeriod());
    }

    @Override
    public String expiryText(ElectionTiming timing) {
        return ElectionTiming.text(lease(timing)) + " of lease and a retryPeriod of "
                + ElectionTiming.text(timing.retryPeriod());
    }

    private static Duration lease(ElectionTiming timing) {
        return Duration.ofSeconds(timing.leaseDuration().plusNanos(999_999_999).toSeconds());
    }

    private Config config() {
        return Kubeconfig.withoutRetries(ClusterAccess.read(kubeconfig, null));
    }

    private String namespace() {
        return Kubeconfig.namespace(config());
    }

    @Override
    public Stage open(ElectionTiming timing, Backstage backstage) throws IOException, InterruptedException {
        Config config = config();
        ElectionName election = new ElectionName(
                namespace(), backstage.directory().getFileName().toString());
        KubernetesProbe probe = KubernetesProbe.create(config, kind, election);
        backstage.leftovers().add(RoundTrips.start(probe, backstage.journal()));
        return new Stage(
                "Kubernetes at " + probe.url() + ", " + kind.text() + " " + election,
                Part.on(kind, kubeconfig.toString(), "", election.toString(), Duration.ZERO));
    }
}
