package dev.baton.kubernetes;

import static dev.baton.kubernetes.KubernetesStage.until;

import dev.baton.Leadership;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.KubeUser;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two candidates of one election, each with connections of its own, and what they told of its terms. Their monotonic
 * clocks are one, which moments are compared by.
 */
final class Contest implements AutoCloseable {
    private final ElectionTiming timing;
    private final List<KubernetesBackend> backends;
    private final List<TestCandidate> candidates;

    /**
     * One term, as its candidate told of it.
     *
     * @param lastSent when the last renewal that was acknowledged was sent, or the claim, if there was none
     */
    record Term(FencingToken token, Moment began, Moment lastSent, Moment validUntil) {}

    Contest(KubeUser user, ElectionTiming timing) {
        this.timing = timing;
        ElectionName election = new ElectionName(user.namespace(), "reconciler");
        this.backends = Stream.generate(() -> KubernetesBackend.lease()
                        .kubeconfig(user.kubeconfig())
                        .shutdownHook(false)
                        .build())
                .limit(2)
                .toList();
        this.candidates = Stream.of(0, 1)
                .map(i -> new TestCandidate(backends.get(i), election, "app-" + i, timing))
                .toList();
    }

    /** Waits until one leads and has told of it, which events do a moment later, and the other sees that; returns the term. */
    Leadership awaitLine() {
        until(
                "a leader that has told of its term, and a standby that sees it",
                () -> leader().filter(this::hasToldOfItsTerm).isPresent()
                        && candidates.stream().allMatch(this::seesTheLeader));
        List<Leadership> terms = leader().orElseThrow().terms();
        return terms.get(terms.size() - 1);
    }

    private Optional<TestCandidate> leader() {
        return candidates.stream().filter(TestCandidate::leads).findFirst();
    }

    private boolean hasToldOfItsTerm(TestCandidate candidate) {
        List<Leadership> terms = candidate.terms();
        return !terms.isEmpty()
                && terms().stream()
                        .anyMatch(term ->
                                term.token().equals(terms.get(terms.size() - 1).fencingToken()))
                && terms.get(terms.size() - 1).isValid();
    }

    private boolean seesTheLeader(TestCandidate candidate) {
        return candidate
                .election
                .currentLeader()
                .map(Holder::identity)
                .equals(leader().map(leader -> leader.election.identity()));
    }

    /** By the clocks that the events are told by. */
    Moment now() {
        return backends.get(0).runtime().timekeeper().now();
    }

    /** All terms so far, in the order in which they began. */
    List<Term> terms() {
        return told(Type.TERM_STARTED)
                .map(began -> {
                    FencingToken token = Objects.requireNonNull(began.token());
                    Moment validUntil = Stream.concat(Stream.of(began), told(Type.RENEWED))
                            .filter(event -> token.equals(event.token()))
                            .map(event -> Objects.requireNonNull(event.validUntil()))
                            .max(Comparator.comparingLong(Moment::nanos))
                            .orElseThrow();
                    return new Term(token, began.at(), sent(validUntil), validUntil);
                })
                .sorted(Comparator.comparingLong(term -> term.began().nanos()))
                .toList();
    }

    /** Why terms ended. */
    List<EndReason> ends() {
        return candidates.stream()
                .flatMap(candidate -> candidate.ends().stream())
                .toList();
    }

    /** When the renewals that were acknowledged were sent, those before {@code since} left out. */
    List<Moment> renewalsSince(Moment since) {
        return sent(told(Type.RENEWED))
                .filter(sent -> sent.nanosSince(since) >= 0)
                .toList();
    }

    /** The longest time from one acknowledged renewal, or claim, to the next, by when they were sent; the next after {@code since}. */
    Duration longestWaitSince(Moment since) {
        List<Moment> all =
                sent(Stream.concat(told(Type.TERM_STARTED), told(Type.RENEWED))).toList();
        return IntStream.range(1, all.size())
                .filter(i -> all.get(i).nanosSince(since) >= 0)
                .mapToObj(i -> Duration.ofNanos(all.get(i).nanosSince(all.get(i - 1))))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private Stream<Moment> sent(Stream<ElectionEvent> events) {
        return events.map(event -> sent(Objects.requireNonNull(event.validUntil())))
                .sorted(Comparator.comparingLong(Moment::nanos));
    }

    /** On a register renewDeadline is what limits validity, and it counts from the sending; the wall clock allows more. */
    private Moment sent(Moment validUntil) {
        return validUntil.plusNanos(-timing.renewDeadline().toNanos());
    }

    private Stream<ElectionEvent> told(Type type) {
        return candidates.stream()
                .flatMap(candidate -> candidate.events.stream())
                .filter(event -> event.type() == type);
    }

    @Override
    public void close() {
        candidates.forEach(TestCandidate::close);
        backends.forEach(KubernetesBackend::close);
    }
}
