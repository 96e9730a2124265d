package dev.baton.conformance;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EventSink;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Real candidates of one election, and the events of their terms. */
final class Fleet implements AutoCloseable, EventSink {
    private final Scene scene;
    private final List<ElectionEvent> events = new CopyOnWriteArrayList<>();
    private final List<LeaderElection> candidates = new CopyOnWriteArrayList<>();
    private final Map<String, Party> partyOf = new ConcurrentHashMap<>();

    /**
     * A term by its leader's events, in nanoseconds of the monotonic clock that all candidates share.
     *
     * @param from when it began
     * @param to when it was over: when its leader ended it, or its last renewed validity had passed
     */
    record Term(String identity, @Nullable FencingToken token, long from, long to) {
        @Override
        public String toString() {
            return identity + " with token " + token + " from " + from / 1_000 + " to " + to / 1_000 + " µs";
        }
    }

    Fleet(Scene scene) {
        this.scene = scene;
    }

    @Override
    public void accept(ElectionEvent event) {
        events.add(event);
    }

    LeaderElection enter(Party party, String identity) {
        partyOf.put(identity, party);
        LeaderElection candidate = LeaderElection.on(
                        party.backend(), scene.election().toString())
                .timing(scene.timing())
                .identity(identity)
                .drainTimeout(scene.timing().renewDeadline())
                .onStartedLeading(term -> {})
                .events(this)
                .start();
        candidates.add(candidate);
        return candidate;
    }

    /** The instance whose candidate leads, by its own events. */
    Optional<Party> leading() {
        return leader().flatMap(leader -> Optional.ofNullable(partyOf.get(leader.identity())));
    }

    Optional<LeaderElection> leader() {
        return candidates.stream()
                .filter(candidate -> candidate.leadership().isPresent())
                .findFirst();
    }

    /** Waits for more terms. Whether they came is returned, and not required. */
    boolean comesToTerms(int count, Duration patience) throws InterruptedException {
        return scene.comes(() -> count(Type.TERM_STARTED) >= count, patience);
    }

    boolean comesToEnds(int count, Duration patience) throws InterruptedException {
        return scene.comes(() -> count(Type.TERM_ENDED) >= count, patience);
    }

    int count(Type type) {
        return (int) events.stream().filter(event -> event.type() == type).count();
    }

    /** In the order in which they began. */
    List<Term> terms() {
        List<Term> terms = new ArrayList<>();
        List<ElectionEvent> all = List.copyOf(events);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).type() == Type.TERM_STARTED) {
                terms.add(term(all.subList(i, all.size())));
            }
        }
        terms.sort(Comparator.comparingLong(Term::from));
        return terms;
    }

    private static Term term(List<ElectionEvent> events) {
        ElectionEvent start = events.get(0);
        long to = start.at().nanos();
        for (int i = 0; i < events.size(); i++) {
            ElectionEvent event = events.get(i);
            if (!event.identity().equals(start.identity())) {
                continue;
            }
            if (event.type() == Type.TERM_STARTED && i > 0) {
                break;
            }
            Moment valid = event.validUntil();
            if (valid != null) {
                to = valid.nanos();
            }
            if (event.type() == Type.TERM_ENDED) {
                to = Math.min(to, event.at().nanos());
                break;
            }
        }
        return new Term(start.identity(), start.token(), start.at().nanos(), to);
    }

    /** Describes two terms that were valid at once; empty without such terms. */
    String overlap() {
        List<Term> terms = terms();
        for (int i = 0; i < terms.size(); i++) {
            for (int j = i + 1; j < terms.size(); j++) {
                Term one = terms.get(i);
                Term other = terms.get(j);
                if (other.from < one.to && !one.identity.equals(other.identity)) {
                    return "two terms were valid at once: " + one + "; and " + other;
                }
            }
        }
        return "";
    }

    /** Describes a term that was renewed after it had ended; empty without such a term. */
    String revived() {
        List<FencingToken> over = new ArrayList<>();
        for (ElectionEvent event : events) {
            FencingToken token = event.token();
            if (token == null) {
                continue;
            }
            if (event.type() == Type.TERM_ENDED) {
                over.add(token);
            } else if ((event.type() == Type.RENEWED || event.type() == Type.TERM_STARTED) && over.contains(token)) {
                return "the term of token " + token + " had ended, and was followed by: " + event;
            }
        }
        return "";
    }

    @Override
    public void close() {
        candidates.forEach(candidate -> {
            var unused = candidate.closeAsync();
        });
        candidates.forEach(LeaderElection::close);
    }
}
