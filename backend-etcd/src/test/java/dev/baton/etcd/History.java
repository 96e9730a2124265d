package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the candidates of one election in this JVM went through, and whether that was as promised. */
final class History implements EventSink {
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();

    private record Span(String identity, FencingToken token, long from, long to) {}

    @Override
    public void accept(ElectionEvent event) {
        events.add(event);
    }

    List<ElectionEvent> of(ElectionEvent.Type type) {
        return events.stream().filter(event -> event.type() == type).toList();
    }

    Optional<ElectionEvent> last(ElectionEvent.Type type, String identity) {
        return of(type).stream()
                .filter(event -> event.identity().equals(identity))
                .reduce((one, next) -> next);
    }

    /** Terms disjoint in real time, tokens increasing, at least {@code terms} of them. */
    void assertSafe(int terms) {
        assertSafe(terms, Duration.ZERO);
    }

    /** As {@link #assertSafe(int)}, but for overlaps of no more than {@code overlap}. */
    void assertSafe(int terms, Duration overlap) {
        List<Span> spans = spans();
        assertThat(spans).as("terms").hasSizeGreaterThanOrEqualTo(terms);
        for (int i = 1; i < spans.size(); i++) {
            Span earlier = spans.get(i - 1);
            Span later = spans.get(i);
            assertThat(later.from - earlier.to)
                    .as("nanoseconds between %s and %s; all: %s", earlier, later, events)
                    .isGreaterThanOrEqualTo(-overlap.toNanos());
            assertThat(later.token).as("token after %s", earlier).isGreaterThan(earlier.token);
        }
    }

    /** By the clock a term may be over before the candidate comes to tell. */
    private long validUntil(FencingToken token) {
        return events.stream()
                .filter(event -> token.equals(event.token()))
                .map(ElectionEvent::validUntil)
                .filter(Objects::nonNull)
                .mapToLong(Moment::nanos)
                .max()
                .orElseThrow();
    }

    private List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (ElectionEvent start : of(ElectionEvent.Type.TERM_STARTED)) {
            FencingToken token = Objects.requireNonNull(start.token());
            long to = of(ElectionEvent.Type.TERM_ENDED).stream()
                    .filter(end -> token.equals(end.token()))
                    .mapToLong(end -> Math.min(end.at().nanos(), validUntil(token)))
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
            spans.add(new Span(start.identity(), token, start.at().nanos(), to));
        }
        return spans;
    }
}
