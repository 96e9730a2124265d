package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.spi.Holder;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.KubeComponent;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kubernetes' own components as leaders, and an observer of ours. */
class KubeComponentsIT {
    private final KubernetesStage stage = new KubernetesStage();

    /** Here, so that what is missing aborts the test before there is anything to close. */
    KubeComponentsIT() throws IOException {}

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void observerNamesTheSchedulerThatLeads_andTheOneThatTakesOverWhenItIsKilled() throws IOException {
        observerNamesBoth(KubeComponent.scheduler(stage.server, stage.namespace, stage.election.name()));
    }

    @Test
    void observerNamesTheControllerManagerThatLeads_andTheOneThatTakesOverWhenItIsKilled() throws IOException {
        observerNamesBoth(KubeComponent.controllerManager(stage.server, stage.namespace, stage.election.name()));
    }

    private void observerNamesBoth(KubeComponent component) throws IOException {
        component.timing(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(1));
        try (LeaderObserver observer = LeaderElection.observe(stage.backend(), stage.election.toString())
                .start()) {
            CandidateProcess first = stage.later(component.start());
            KubernetesStage.until("the first leads", () -> leads(first));
            KubernetesStage.until("it is seen", () -> sees(observer, stage.holder()));
            String firstHolder = stage.holder();

            CandidateProcess second = stage.later(component.start());
            KubernetesStage.until("the second stands by", () -> second.printed().contains("ttempting to acquire"));
            first.kill();
            KubernetesStage.until("the second leads", () -> leads(second));
            assertThat(stage.holder()).isNotEqualTo(firstHolder);
            KubernetesStage.until("it is seen", () -> sees(observer, stage.holder()));
            assertThat(observer.currentLeader().map(Holder::transitions)).contains(1);
        }
    }

    private static boolean leads(CandidateProcess component) {
        return component.printed().contains("uccessfully acquired lease");
    }

    private static boolean sees(LeaderObserver observer, String identity) {
        return observer.currentLeader()
                .map(Holder::identity)
                .filter(identity::equals)
                .isPresent();
    }
}
