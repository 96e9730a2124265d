package dev.baton.etcd;

import static dev.baton.etcd.Waits.await;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.EtcdFault;
import dev.baton.testing.servers.FaultyEtcd;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two candidates through every fault of a real cluster, a few rounds of each; {@code benchmarks/run etcd/faults} does many.
 * Tokens grow and terms are disjoint, except where somebody ends a live claim by hand: there they overlap for no longer
 * than renewDeadline.
 */
class FaultRoundsIT {
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(400));
    private static final int ROUNDS = 2;
    /** As many as need longer than a token of a user lasts. */
    private static final int RENEWALS = 6;

    private final ElectionName name = Stage.election();
    private final History history = new History();
    private final List<EtcdBackend> backends = new ArrayList<>();
    private final List<LeaderElection> candidates = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void oneLeadsThroughEveryRoundOf(EtcdFault fault) throws Exception {
        try (FaultyEtcd etcd = FaultyEtcd.start(fault)) {
            join(etcd, 0);
            join(etcd, 1);
            awaitLine(etcd);
            for (int round = 0; round < ROUNDS; round++) {
                injectAndHeal(fault, etcd);
                awaitLine(etcd);
                handOver();
                awaitLine(etcd);
            }
            candidates.forEach(LeaderElection::close);
            history.assertSafe(1 + ROUNDS, fault.isByHand() ? TIMING.renewDeadline() : Duration.ZERO);
        } finally {
            backends.forEach(EtcdBackend::close);
        }
    }

    private void join(FaultyEtcd etcd, int way) {
        EtcdBackend.Builder builder =
                EtcdBackend.builder(etcd.endpoints(way, way)).shutdownHook(false);
        if (etcd.isSecured()) {
            builder.jetcd(client -> client.user(bytes(FaultyEtcd.USER)).password(bytes(FaultyEtcd.PASSWORD)));
        }
        EtcdBackend backend = builder.build();
        backends.add(backend);
        candidates.add(LeaderElection.on(backend, name.toString())
                .identity("way-" + way)
                .timing(TIMING)
                .events(history)
                .onStartedLeading(term -> {})
                .start());
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** One leads, and the other stands behind it. */
    private void awaitLine(FaultyEtcd etcd) {
        await().until(() ->
                leader().isPresent() && etcd.line(Stage.prefix(name)).size() == 2);
    }

    private Optional<LeaderElection> leader() {
        return candidates.stream()
                .filter(candidate -> candidate.leadership().isPresent())
                .findFirst();
    }

    private void handOver() {
        long terms = terms();
        await().until(() -> {
            leader().ifPresent(LeaderElection::stepDown);
            return terms() > terms;
        });
    }

    private long terms() {
        return history.of(Type.TERM_STARTED).size();
    }

    /** The fault lasts until its leader's term has ended, or has outlived it for a while. */
    private void injectAndHeal(EtcdFault fault, FaultyEtcd etcd) {
        LeaderElection leader = await().until(this::leader, Optional::isPresent).orElseThrow();
        long ended = history.of(Type.TERM_ENDED).size();
        FaultyEtcd.Healing healing = etcd.inject(candidates.indexOf(leader), List.of(Stage.prefix(name)));
        long renewals = history.of(Type.RENEWED).size();
        try {
            await().until(() -> history.of(Type.TERM_ENDED).size() > ended
                    || (!fault.isByHand() && history.of(Type.RENEWED).size() >= renewals + RENEWALS));
        } finally {
            healing.heal();
        }
    }
}
