package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionName;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Candidates in processes of their own, ours and Go's, and by their own accounts who led when. */
final class Fleet implements AutoCloseable {
    private final List<CandidateProcess> all = new CopyOnWriteArrayList<>();

    /**
     * One leadership, on the wall clock that all processes of this machine share.
     *
     * @param token the create revision of its key
     * @param from when it began, in nanoseconds since 1970
     * @param to when it was over by its leader's account. For a leader of ours that was killed, until when it could still
     *     have led had it only been stopped; for one of Go's, which does not know, the kill. {@link Long#MAX_VALUE} while
     *     it lasts
     */
    record Term(String candidate, long token, long from, long to) {}

    CandidateProcess joined(CandidateProcess candidate) {
        all.add(candidate);
        return candidate;
    }

    /** Whether {@code candidate} leads {@code election}, as far as it has told. */
    static boolean leads(CandidateProcess candidate, ElectionName election) {
        return terms(candidate, election).stream().anyMatch(term -> term.to == Long.MAX_VALUE);
    }

    /** Asserts that no two terms overlapped, and that tokens grew. */
    void assertNeverTwoLed(ElectionName election) {
        List<Term> terms = all.stream()
                .flatMap(candidate -> terms(candidate, election).stream())
                .sorted(Comparator.comparingLong(Term::from))
                .toList();
        for (int i = 1; i < terms.size(); i++) {
            assertThat(terms.get(i).from)
                    .as("beginning of term %s of %s: %s", i, election, terms)
                    .isGreaterThanOrEqualTo(terms.get(i - 1).to);
            assertThat(terms.get(i).token)
                    .as("token of term %s of %s: %s", i, election, terms)
                    .isGreaterThan(terms.get(i - 1).token);
        }
    }

    private static List<Term> terms(CandidateProcess candidate, ElectionName election) {
        List<Term> terms = new ArrayList<>();
        CandidateEvent open = null;
        long valid = Long.MIN_VALUE;
        for (CandidateEvent event : candidate.events()) {
            if (!event.election().equals(election.toString())) {
                continue;
            }
            switch (event.event()) {
                case "started" -> {
                    open = event;
                    valid = Long.MIN_VALUE;
                }
                case "valid" -> valid = Math.max(valid, event.at());
                case "stopping", "stopped" -> {
                    add(terms, open, event.at());
                    open = null;
                }
                default -> {}
            }
        }
        add(terms, open, Math.max(candidate.endedAt(), valid));
        return terms;
    }

    private static void add(List<Term> terms, @Nullable CandidateEvent from, long to) {
        if (from != null) {
            terms.add(new Term(from.candidate(), Long.parseLong(from.detail()), from.at(), to));
        }
    }

    /** All that they told, for the report of a failure. */
    String accounts() {
        StringBuilder text = new StringBuilder();
        all.forEach(candidate -> text.append(candidate.printed()).append('\n'));
        return text.toString();
    }

    @Override
    public void close() {
        all.forEach(CandidateProcess::close);
    }
}
