package dev.baton.examples.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.Leadership;
import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What holds on every database that understands the statements of {@link JdbcRegister}. */
@Timeout(300)
abstract class ElectionCases {
    private static final LeaderRecord RECORD = new LeaderRecord(
            "a", "n-1", Duration.ofNanos(7_000_000_001L), Instant.EPOCH.plusNanos(1), Instant.EPOCH.plusNanos(2), 3);

    ElectionName election = ElectionName.parse("cases/unnamed");

    abstract DataSource database();

    @BeforeEach
    void nameElectionAfterTest(TestInfo test) {
        election = new ElectionName(
                "cases", test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void ofFiveCandidatesOneLeadsAndHandsOverToAnother() {
        List<Leadership> terms = new CopyOnWriteArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        try {
            IntStream.range(0, 5).forEach(i -> candidates.add(new Candidate(database(), election, terms::add)));
            while (!candidates.isEmpty()) {
                await().atMost(Candidate.PATIENCE)
                        .until(() -> candidates.stream().anyMatch(Candidate::leads));
                assertThat(candidates.stream().filter(Candidate::leads)).hasSizeLessThanOrEqualTo(1);
                Candidate leader =
                        candidates.stream().filter(Candidate::leads).findFirst().orElse(candidates.get(0));
                leader.close();
                candidates.remove(leader);
            }
            assertTokensGrow(terms);
        } finally {
            candidates.forEach(Candidate::close);
        }
    }

    @Test
    void standbyWaitsOutTheLeaseOfOneThatVanished() {
        Answer.Granted vanished = acquireAndVanish();
        try (Candidate standby = new Candidate(database(), election)) {
            Leadership term = standby.awaitTerm();

            long nanos = standby.backend.runtime().timekeeper().now().nanosSince(vanished.sentAt());
            assertThat(Duration.ofNanos(nanos)).isGreaterThan(Candidate.TIMING.leaseDuration());
            assertThat(term.fencingToken()).matches(token -> token.isAfter(vanished.token()));
        }
    }

    /** As a process that is killed: what it claimed stays, and nobody renews it. */
    private Answer.Granted acquireAndVanish() {
        LockBackend backend = JdbcRegister.on(database(), 0);
        try {
            Claim claim = new Claim(election, "vanished", "nonce-of-one-that-vanished", Candidate.TIMING);
            Answer answer = get(backend.acquire(claim, in(backend, Candidate.PATIENCE)));
            assertThat(answer).isInstanceOf(Answer.Granted.class);
            return (Answer.Granted) answer;
        } finally {
            backend.close();
        }
    }

    @Test
    void tokenGrowsAlsoWhenTheRowIsDeletedUnderALeader() {
        try (Candidate candidate = new Candidate(database(), election)) {
            Leadership before = candidate.awaitTerm();

            Sql.execute(database(), "DELETE FROM baton_election WHERE election = '" + election + "'");

            Leadership after = candidate.awaitTermAfter(before);
            assertThat(before.isValid()).isFalse();
            assertThat(after.fencingToken()).matches(token -> token.isAfter(before.fencingToken()));
        }
    }

    /** Who has seen greater tokens refuses smaller ones; a newcomer has seen none. */
    @Test
    void tokenOfANewcomerGrowsAlsoAfterTheRowWasDeleted() {
        FencingToken before;
        try (Candidate first = new Candidate(database(), election)) {
            before = first.awaitTerm().fencingToken();
        }
        Sql.execute(database(), "DELETE FROM baton_election WHERE election = '" + election + "'");

        try (Candidate newcomer = new Candidate(database(), election)) {
            assertThat(newcomer.awaitTerm().fencingToken()).matches(token -> token.isAfter(before));
        }
    }

    @Test
    void nobodyLeadsOnARowThatNobodyUnderstandsUntilItIsMended() {
        Sql.execute(
                database(),
                "INSERT INTO baton_election (election, revision, lease) VALUES ('" + election
                        + "', nextval('baton_revision'), 'soon')");
        try (Candidate candidate = new Candidate(database(), election)) {
            await().atMost(Candidate.PATIENCE)
                    .until(() -> !candidate.election.health().healthy());
            assertThat(candidate.election.health().toString()).contains("cannot be parsed to a Duration");

            Sql.execute(database(), "UPDATE baton_election SET lease = 'PT1S' WHERE election = '" + election + "'");

            candidate.awaitTerm();
        }
    }

    @Test
    void writeIsRefusedUnlessTheRowStandsWhereExpected() {
        try (JdbcRegister register = new JdbcRegister(database())) {
            Entry first = get(register.write(election, null, RECORD));
            assertThat(failure(register.write(election, null, RECORD))).isInstanceOf(ConflictException.class);
            Entry second = get(register.write(election, first, RECORD));
            assertThat(failure(register.write(election, first, RECORD))).isInstanceOf(ConflictException.class);

            assertThat(second.revision()).isGreaterThan(first.revision());
            assertThat(get(register.read(election))).contains(second);
            assertThat(second.record()).isEqualTo(RECORD);

            Sql.execute(database(), "DELETE FROM baton_election WHERE election = '" + election + "'");
            assertThat(get(register.read(election))).isEmpty();
            assertThat(failure(register.write(election, second, RECORD))).isInstanceOf(ConflictException.class);
            Entry third = get(register.write(election, null, RECORD));
            assertThat(third.revision()).isGreaterThan(second.revision());
        }
    }

    /** A row that was laid, by one that ended before it wrote, is nobody's. */
    @Test
    void rowThatWasNeverWrittenCountsAsNone() {
        Sql.execute(database(), "INSERT INTO baton_election (election) VALUES ('" + election + "')");
        try (JdbcRegister register = new JdbcRegister(database())) {
            assertThat(get(register.read(election))).isEmpty();
            get(register.write(election, null, RECORD));
        }
    }

    @Test
    void ofEightThatWriteAtOnceOneSucceeds() {
        List<JdbcRegister> registers =
                Stream.generate(() -> new JdbcRegister(database())).limit(8).toList();
        try {
            Entry stands = null;
            for (int round = 0; round < 20; round++) {
                List<Entry> written = writeAtOnce(registers, stands);
                assertThat(written).hasSize(1);
                long before = stands == null ? 0 : stands.revision();
                stands = written.get(0);
                assertThat(stands.revision()).isGreaterThan(before);
            }
        } finally {
            registers.forEach(JdbcRegister::close);
        }
    }

    private List<Entry> writeAtOnce(List<JdbcRegister> registers, @Nullable Entry expected) {
        List<CompletionStage<Entry>> asked = registers.stream()
                .map(register -> register.write(election, expected, RECORD))
                .toList();
        List<Entry> written = new ArrayList<>();
        for (CompletionStage<Entry> answer : asked) {
            try {
                written.add(get(answer));
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(ConflictException.class);
            }
        }
        return written;
    }

    @Test
    void nothingIsLeftOfABackendThatWasClosedTwice() {
        Candidate candidate = new Candidate(database(), election);
        candidate.awaitTerm();

        candidate.close();
        candidate.close();

        await().atMost(Candidate.PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("baton-jdbc")));
    }

    static void assertTokensGrow(List<Leadership> terms) {
        List<FencingToken> tokens = terms.stream().map(Leadership::fencingToken).toList();
        assertThat(tokens).hasSizeGreaterThanOrEqualTo(2).isSorted().doesNotHaveDuplicates();
    }

    static Moment in(LockBackend backend, Duration duration) {
        return backend.runtime().timekeeper().now().plus(duration);
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(Candidate.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    static Throwable failure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> failed =
                stage.handle((value, failure) -> failure).toCompletableFuture();
        Throwable failure = get(failed);
        return BackendException.unwrapped(failure);
    }
}
