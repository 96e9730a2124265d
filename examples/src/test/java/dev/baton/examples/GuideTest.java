package dev.baton.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Health;
import dev.baton.LeaderElection;
import dev.baton.LeaderObserver;
import dev.baton.Leadership;
import dev.baton.event.EndReason;
import dev.baton.examples.FencedWriter.Ledger;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Holder;
import dev.baton.test.TestBackend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/guide.md shows, in the order in which it does. */
class GuideTest {
    private final TestBackend backend = TestBackend.open();
    private final Ledger ledger = new Ledger();
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        backend.close();
    }

    private void reconcile(Leadership term) {
        heard.add("reconcile with " + term.fencingToken());
    }

    private void report(EndReason why) {
        heard.add("report " + why.text());
    }

    private void show(Optional<Holder> leader) {
        heard.add("show " + leader.map(Holder::identity).orElse("none"));
    }

    @Test
    void options() {
        // begin: docs/guide.md
        LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                .timing(ElectionTiming.of(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofSeconds(1)))
                .identity("orders-7f9c")
                .drainTimeout(Duration.ofSeconds(5))
                .onStartedLeading(term -> reconcile(term))
                .onStoppedLeading((term, why) -> report(why))
                .onLeaderChange(leader -> show(leader))
                .start();
        // end: docs/guide.md
        backend.grant();
        assertThat(heard).contains("show orders-7f9c").anyMatch(each -> each.startsWith("reconcile with "));
        backend.revoke();
        assertThat(heard).anyMatch(each -> each.startsWith("report "));
        election.close();
    }

    @Test
    void work() {
        LeaderElection.Builder candidate = LeaderElection.on(backend, "orders/reconciler");
        orders.add("first");
        candidate
                // begin: docs/guide.md
                .onStartedLeading(term -> {
                    while (term.acceptsWork()) {
                        String order = orders.take(); // interrupted when the term ends
                        ledger.append(term.requireValid().fencingToken(), order);
                    }
                })
                // end: docs/guide.md
                .start();
        backend.grant();
        assertThat(ledger.entries()).containsExactly("first");
    }

    @Test
    void permit() {
        LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(this::reconcile)
                .start();
        assertThat(runNightly(election)).isFalse();
        backend.grant();
        assertThat(runNightly(election)).isTrue();
        assertThat(ledger.entries()).containsExactly("nightly run");
    }

    private boolean runNightly(LeaderElection election) {
        // begin: docs/guide.md
        boolean ran = election.ifLeading(term -> ledger.append(term.fencingToken(), "nightly run"));
        // end: docs/guide.md
        return ran;
    }

    @Test
    void shutdown() {
        LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(this::reconcile)
                .start();
        backend.grant();
        // begin: docs/guide.md
        election.close();
        backend.close();
        // end: docs/guide.md
        assertThat(election.leadership()).isEmpty();
        assertThat(backend.runtime().isClosed()).isTrue();
    }

    @Test
    void health() {
        LeaderElection election = LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(this::reconcile)
                .start();
        backend.grant();
        // begin: docs/guide.md
        Health health = election.health();
        int status = health.healthy() ? 200 : 503;
        // end: docs/guide.md
        assertThat(status).isEqualTo(200);
    }

    @Test
    void observer() {
        LeaderElection.on(backend, "orders/reconciler")
                .identity("orders-7f9c")
                .onStartedLeading(this::reconcile)
                .start();
        backend.grant();
        // begin: docs/guide.md
        LeaderObserver observer = LeaderElection.observe(backend, "orders/reconciler")
                .onLeaderChange(leader -> show(leader))
                .start();
        // end: docs/guide.md
        backend.advance(Duration.ofSeconds(1));
        assertThat(observer.currentLeader().map(Holder::identity)).contains("orders-7f9c");
        assertThat(heard).contains("show orders-7f9c");
        observer.close();
    }
}
