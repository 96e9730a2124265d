package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.EndReason;
import dev.baton.register.LeaderRecord;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.ClientGoPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Candidates in processes of their own, ours and client-go's, and by their own accounts who led when. */
final class Peers implements AutoCloseable {
    private final KubernetesStage stage;
    private final List<CandidateProcess> all = new ArrayList<>();

    Peers(KubernetesStage stage) {
        this.stage = stage;
    }

    /**
     * One leadership, on the wall clock that all processes of this machine share.
     *
     * @param from when it began, in nanoseconds since 1970
     * @param to when it was over at the latest: its leader said so, or was gone
     * @param end why, as far as its leader said
     */
    record Term(String candidate, long from, long to, String end) {}

    ElectionName election(String name) {
        return new ElectionName(stage.namespace, name);
    }

    CandidateProcess go(ElectionName election, ElectionTiming timing, String identity) throws IOException {
        return started(peer(election, timing).start(identity));
    }

    CandidateProcess oldGo(ElectionName election, String lock, ElectionTiming timing, String identity)
            throws IOException {
        return started(peer(election, timing).old(lock).start(identity));
    }

    CandidateProcess java(List<JavaCandidate.Entry> elections, String identity) throws IOException {
        return started(JavaCandidate.start(stage.server, identity, elections));
    }

    private ClientGoPeer peer(ElectionName election, ElectionTiming timing) {
        return ClientGoPeer.of(stage.server, election.namespace(), election.name())
                .timing(timing.leaseDuration(), timing.renewDeadline(), timing.retryPeriod());
    }

    private CandidateProcess started(CandidateProcess candidate) {
        all.add(candidate);
        return candidate;
    }

    /** The first time that {@code candidate} begins to lead {@code election}. */
    static CandidateEvent awaitStarted(CandidateProcess candidate, ElectionName election) {
        return await(candidate, election, "started", "");
    }

    /** Waits until {@code candidate} sees that {@code leader} leads {@code election}. */
    static void awaitSeeing(CandidateProcess candidate, ElectionName election, String leader) {
        await(candidate, election, "leader", leader);
    }

    private static CandidateEvent await(
            CandidateProcess candidate, ElectionName election, String event, String detail) {
        KubernetesStage.until(
                event + " " + detail + " in " + election,
                () -> first(candidate, election, event, detail).isPresent());
        return first(candidate, election, event, detail).orElseThrow();
    }

    private static Optional<CandidateEvent> first(
            CandidateProcess candidate, ElectionName election, String event, String detail) {
        return candidate.events().stream()
                .filter(told -> told.election().equals(election.toString())
                        && told.event().equals(event)
                        && told.detail().equals(detail))
                .findFirst();
    }

    /** The terms of {@code election} so far, by their beginnings. */
    List<Term> terms(ElectionName election) {
        return all.stream()
                .flatMap(candidate -> terms(candidate, election).stream())
                .sorted(Comparator.comparingLong(Term::from))
                .toList();
    }

    private static List<Term> terms(CandidateProcess candidate, ElectionName election) {
        List<Term> terms = new ArrayList<>();
        Optional<CandidateEvent> open = Optional.empty();
        for (CandidateEvent event : candidate.events()) {
            if (!event.election().equals(election.toString())) {
                continue;
            }
            if (event.event().equals("started")) {
                open = Optional.of(event);
            } else if (event.event().equals("stopping") || event.event().equals("stopped")) {
                open.ifPresent(from -> terms.add(new Term(from.candidate(), from.at(), event.at(), event.detail())));
                open = Optional.empty();
            }
        }
        open.ifPresent(from -> terms.add(new Term(from.candidate(), from.at(), candidate.endedAt(), "")));
        return terms;
    }

    /** Whose term has not ended, or is not known to have. */
    Optional<CandidateProcess> leader(ElectionName election) {
        return all.stream()
                .filter(candidate -> terms(candidate, election).stream().anyMatch(term -> term.to() == Long.MAX_VALUE))
                .findFirst();
    }

    /**
     * Asserts that {@code expected} led, in this order, and no two at a time. One may lead twice running if its term
     * expired, as happens to whom a busy machine holds up.
     */
    void assertLedInTurn(ElectionName election, List<String> expected) {
        List<Term> terms = terms(election);
        List<String> inTurn = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            boolean again = i > 0
                    && terms.get(i - 1).candidate().equals(terms.get(i).candidate())
                    && terms.get(i - 1).end().equals(EndReason.EXPIRED.name());
            if (!again) {
                inTurn.add(terms.get(i).candidate());
            }
        }
        assertThat(inTurn)
                .as("leaders of %s, whose terms were %s", election, terms)
                .isEqualTo(expected);
        assertNeverTwoLed(election);
    }

    /** Asserts that no two terms overlapped. */
    void assertNeverTwoLed(ElectionName election) {
        List<Term> terms = terms(election);
        for (int i = 1; i < terms.size(); i++) {
            assertThat(terms.get(i).from())
                    .as("beginning of term %s of %s", i, terms)
                    .isGreaterThanOrEqualTo(terms.get(i - 1).to());
        }
    }

    /** What stands in the store. */
    LeaderRecord record(LockObject object, ElectionName election) {
        try {
            return object.format()
                    .read(Json.parse(stage.server
                            .request(stage.server.adminToken(), "GET", object.path(election), null)
                            .body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        all.forEach(CandidateProcess::close);
    }
}
