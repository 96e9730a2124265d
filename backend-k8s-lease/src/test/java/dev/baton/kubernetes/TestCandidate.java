package dev.baton.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A candidate that works until its term ends, and everything that it told. */
final class TestCandidate implements AutoCloseable {
    final LeaderElection election;
    final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<Leadership> terms = new CopyOnWriteArrayList<>();

    TestCandidate(LockBackend backend, ElectionName name, String identity, ElectionTiming timing) {
        election = LeaderElection.on(backend, name.toString())
                .identity(identity)
                .timing(timing)
                .events(events::add)
                .onStartedLeading(term -> {
                    terms.add(term);
                    while (term.acceptsWork()) {
                        LockSupport.parkNanos(1_000_000);
                    }
                })
                .start();
    }

    /** Its terms so far. */
    List<Leadership> terms() {
        return List.copyOf(terms);
    }

    boolean leads() {
        return !terms.isEmpty() && terms.get(terms.size() - 1).isValid();
    }

    Leadership awaitTerm() {
        KubernetesStage.until("a term", this::leads);
        return terms.get(terms.size() - 1);
    }

    /** Waits for a term after {@code before}. */
    Leadership awaitTermAfter(Leadership before) {
        KubernetesStage.until("another term", () -> leads() && terms.get(terms.size() - 1) != before);
        return terms.get(terms.size() - 1);
    }

    boolean told(Type type) {
        return events.stream().anyMatch(event -> event.type() == type);
    }

    ElectionEvent awaitEvent(Type type) {
        KubernetesStage.until(type.text(), () -> told(type));
        return events.stream().filter(event -> event.type() == type).findFirst().orElseThrow();
    }

    /** Why its terms ended. */
    List<EndReason> ends() {
        return events.stream()
                .filter(event -> event.type() == Type.TERM_ENDED)
                .map(event -> Objects.requireNonNull(event.reason()))
                .toList();
    }

    /** What is wrong, as its health says. */
    @Nullable String trouble() {
        return election.health().toString();
    }

    @Override
    public void close() {
        election.close();
    }
}
