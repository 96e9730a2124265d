package dev.baton.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule accepts what is good, and reports what was planted against it. */
class ChecksTest {

    /** Leads, renews, hands over to ben, and stands by until she stops. */
    private static Diary ada() {
        return new Diary("ada", 1_000)
                .says(0, Type.STARTED)
                .leads(1, 41, 11)
                .renews(3, 41, 13)
                .handsOver(4, 41)
                .sees(4.005, null)
                .sees(4.02, "ben")
                .sees(30, null)
                .sees(30.01, "cleo")
                .says(60, Type.STOPPED);
    }

    /** Is killed while he leads, ten seconds after his last renewal was sent. */
    private static Diary ben() {
        return new Diary("ben", 50).says(0.5, Type.STARTED).leads(4.02, 43, 14).renews(6, 43, 16);
    }

    /** Leads after ben's lease has run out, and loses her term to a store that does not answer. */
    private static Diary cleo() {
        return new Diary("cleo", -9_000)
                .says(2, Type.STARTED)
                .leads(30.01, 47, 40)
                .says(35, Type.UNREACHABLE)
                .ends(40, 47, EndReason.EXPIRED)
                .workStops(40.01, 47)
                .says(41, Type.REACHABLE)
                .leads(42, 49, 52)
                .renews(44, 49, 54)
                .handsOver(50, 49)
                .says(51, Type.STOPPED);
    }

    private static Verification verify(Diary... diaries) {
        List<EventLog> logs = Stream.of(diaries).map(Diary::log).toList();
        return Verification.of(logs, Premises.DEFAULT);
    }

    private static List<String> texts(Verification verification, Kind kind) {
        return verification.of(kind).stream().map(Finding::toString).toList();
    }

    @Test
    void acceptsAGoodHistoryAndTellsWhatHappened() {
        Verification good = verify(ada(), ben(), cleo());

        assertThat(good.of(Kind.VIOLATION)).isEmpty();
        assertThat(good.of(Kind.UNCERTAIN)).isEmpty();
        assertThat(good.isGood()).isTrue();
        assertThat(good.summary()).isEqualTo("no violation in 4 terms of 3 candidates in 1 election");
        assertThat(texts(good, Kind.NOTE))
                .anySatisfy(note -> assertThat(note)
                        .contains(
                                "the logs do not show the end of ben's term with token 43",
                                "counted as valid until",
                                "ben.jsonl:5"))
                .anySatisfy(note ->
                        assertThat(note).contains("cleo's term with token 47 ended", "EXPIRED", "could not be renewed"))
                .anySatisfy(note -> assertThat(note).contains("1 change of leader took less time", "15.0 ms"));
    }

    /** The JVM dumps it at exit, beside the hand-over. */
    @Test
    void recordingThatEndsInATermIsNoProcessThatDied() {
        List<LoggedEvent> recorded = ben().log().events().stream()
                .map(logged -> new LoggedEvent(logged.event(), new Origin("ben.jfr", 0)))
                .toList();
        Verification verification =
                Verification.of(List.of(new EventLog("ben.jfr", recorded, List.of())), Premises.DEFAULT);

        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note)
                        .contains(
                                "the end of ben's term with token 43",
                                "one that is dumped at exit may miss the hand-over"));
    }

    static Stream<Arguments> planted() {
        return Stream.of(
                broken(Rule.ONE_LEADER, "were both valid for 2.000 s", ben(), led(14, 45)),
                broken(Rule.TOKENS_GROW, "began after ben's term with token 43", ada(), ben(), led(31, 42)),
                broken(Rule.TOKEN_HAS_ONE_HOLDER, "token 43 was held by ben and by cleo", ada(), ben(), led(31, 43)),
                broken(
                        Rule.CALLBACK_GRAMMAR,
                        "began a term before its term with token 41 had ended",
                        ada().without(event -> event.type() == Type.TERM_ENDED).leads(61, 50, 71)),
                broken(
                        Rule.CALLBACK_GRAMMAR,
                        "before the work of its term with token 47 had stopped",
                        cleo().without(event -> event.type() == Type.WORK_STOPPED && is(event.token(), 47)),
                        ada(),
                        ben()),
                broken(Rule.CALLBACK_GRAMMAR, "began a term after it had stopped", ada().leads(61, 50, 71)),
                broken(Rule.CALLBACK_GRAMMAR, "stopped before its term had ended", ben().says(7, Type.STOPPED)),
                broken(
                        Rule.CALLBACK_GRAMMAR,
                        "stopped before the work",
                        ada().without(event -> event.type() == Type.WORK_STOPPED)),
                broken(Rule.CALLBACK_GRAMMAR, "\"work-started\" twice", ben().ofTerm(7, Type.WORK_STARTED, 43)),
                broken(Rule.CALLBACK_GRAMMAR, "\"work-stopped\" twice", ada().ofTerm(5, Type.WORK_STOPPED, 41)),
                broken(Rule.CALLBACK_GRAMMAR, "\"term-ended\" twice", ada().ends(5, 41, EndReason.LOST)),
                broken(
                        Rule.CALLBACK_GRAMMAR,
                        "neither asked to hand over nor over",
                        ben().workStops(7, 43).ends(8, 43, EndReason.LOST)),
                broken(
                        Rule.CALLBACK_GRAMMAR,
                        "for a term that is not its newest",
                        cleo().ofTerm(43, Type.WORK_STOPPED, 47),
                        ada(),
                        ben()),
                broken(Rule.EXPIRY_IS_FINAL, "renewed a term 1.000 s after it had run out", ben().renews(17, 43, 27)),
                broken(Rule.EXPIRY_IS_FINAL, "renewed a term that had ended", ada().renews(4.5, 41, 15)),
                broken(
                        Rule.EXPIRY_IS_FINAL,
                        "already run out",
                        new Diary("dora", 0).says(0, Type.STARTED).leads(5, 9, 5)),
                broken(
                        Rule.LEADER_WITHIN_BOUND,
                        "though ada contended and reached the store",
                        ada(),
                        ben(),
                        new Diary("cleo", 0).says(2, Type.STARTED)));
    }

    private static Arguments broken(Rule rule, String saying, Diary... diaries) {
        return Arguments.of(rule, saying, List.of(diaries));
    }

    private static boolean is(@Nullable FencingToken token, long number) {
        return token != null && token.number() == number;
    }

    /** A cleo who leads once, and hands over. */
    private static Diary led(double at, long token) {
        return new Diary("cleo", -9_000)
                .says(2, Type.STARTED)
                .leads(at, token, at + 20)
                .handsOver(at + 15, token)
                .says(at + 16, Type.STOPPED);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void planted(Rule rule, String saying, List<Diary> diaries) {
        Verification verification = verify(diaries.toArray(Diary[]::new));

        assertThat(verification.of(Kind.VIOLATION))
                .anySatisfy(finding -> {
                    assertThat(finding.rule()).isEqualTo(rule);
                    assertThat(finding.text()).contains(saying);
                })
                .extracting(Finding::rule)
                .containsOnly(rule);
        assertThat(verification.isGood()).isFalse();
    }

    @Test
    void overlapWithinTheUncertaintyOfTheClocksIsNoVerdict() {
        Diary late = new Diary("cleo", 7)
                .says(2, Type.STARTED)
                .leads(15.95, 45, 26)
                .handsOver(20, 45)
                .says(21, Type.STOPPED);

        Verification verification = verify(ben(), late);
        assertThat(verification.of(Kind.VIOLATION)).isEmpty();
        assertThat(texts(verification, Kind.UNCERTAIN))
                .singleElement()
                .asString()
                .contains("overlap by 50.0 ms", "cannot be told");
        Premises exact = new Premises(Clocks.within(java.time.Duration.ofMillis(20)), Premises.DEFAULT.failoverBound());
        assertThat(Verification.of(List.of(ben().log(), late.log()), exact).isGood())
                .isFalse();
    }

    @Test
    void onOneHostTheMonotonicClockDecides() {
        Diary ben = new Diary("ben", 0).says(0.5, Type.STARTED).leads(4.02, 43, 14);
        Diary cleo =
                new Diary("cleo", 0).wallClockIsOffBy(-3).says(2, Type.STARTED).leads(14.001, 45, 24);
        List<EventLog> logs = List.of(ben.log(), cleo.log());

        assertThat(Verification.of(logs, Premises.DEFAULT).of(Kind.VIOLATION)).isNotEmpty();
        Premises oneHost = new Premises(Clocks.ofOneHost(), Premises.DEFAULT.failoverBound());
        assertThat(Verification.of(logs, oneHost).findings()).noneMatch(finding -> finding.rule() == Rule.ONE_LEADER);
    }

    @Test
    void suspendedLeaderIsCountedByItsValidityAndItsClockIsNamed() {
        Diary suspended = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .leads(1, 41, 11)
                .wallClockIsOffBy(3_600)
                .ends(2, 41, EndReason.EXPIRED)
                .workStops(2.1, 41);
        Diary ben = new Diary("ben", 0)
                .says(0, Type.STARTED)
                .leads(16, 43, 26)
                .handsOver(20, 43)
                .says(21, Type.STOPPED);

        Verification verification = verify(suspended, ben);

        assertThat(verification.of(Kind.VIOLATION)).isEmpty();
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note).contains("moved by +3600.000 s", "or the machine was suspended"));
    }

    @Test
    void pausedProcessThatSaysItLateIsNoOverlap() {
        Diary paused = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .leads(1, 41, 11)
                .ends(25, 41, EndReason.EXPIRED)
                .workStops(25.1, 41)
                .says(26, Type.STOPPED);
        Diary ben = new Diary("ben", 0)
                .says(0, Type.STARTED)
                .leads(16.1, 43, 26)
                .handsOver(20, 43)
                .says(21, Type.STOPPED);

        Verification verification = verify(paused, ben);

        assertThat(verification.of(Kind.VIOLATION)).isEmpty();
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note).contains("it had run out 14.000 s before", "stood still"));
    }

    @Test
    void gapIsExcusedByAStoreThatDoesNotAnswer() {
        Diary cutOff = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .leads(1, 41, 11)
                .says(3, Type.UNREACHABLE)
                .ends(11, 41, EndReason.EXPIRED)
                .workStops(11.1, 41)
                .says(70, Type.REACHABLE)
                .leads(71, 45, 81)
                .handsOver(75, 45)
                .says(76, Type.STOPPED);

        Verification verification = verify(cutOff);

        assertThat(verification.isGood()).isTrue();
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note ->
                        assertThat(note).contains("no candidate led for 60.000 s", "the store did not answer ada"));
    }

    @Test
    void gapAfterALogThatEndsInItsTermIsNoVerdictUnlessSomebodyMissedTheLeader() {
        Diary standby =
                new Diary("ada", 0).says(0, Type.STARTED).sees(4.02, "ben").says(60, Type.STOPPED);
        assertThat(verify(ben(), standby).isGood()).isTrue();
        assertThat(texts(verify(ben(), standby), Kind.UNCERTAIN))
                .singleElement()
                .asString()
                .contains("it may have led on");

        Diary missed = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .sees(4.02, "ben")
                .sees(20, null)
                .says(60, Type.STOPPED);
        assertThat(verify(ben(), missed).isGood()).isFalse();
    }

    @Test
    void whoeverLedBeforeALogBeginsIsNotHeldAgainstAnybody() {
        Diary standby = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .sees(1, "ben")
                .sees(60, null)
                .sees(60.1, "ben")
                .says(61, Type.STOPPED);
        Diary lateLog = new Diary("ben", 0)
                .renews(55, 43, 65)
                .handsOver(60, 43)
                .leads(60.1, 45, 70)
                .handsOver(60.5, 45)
                .says(60.6, Type.STOPPED);
        assertThat(verify(standby, lateLog).of(Kind.VIOLATION)).isEmpty();

        Diary rotated =
                new Diary("ada", 0).says(0, Type.REACHABLE).sees(60, null).says(61, Type.STOPPED);
        assertThat(verify(rotated).of(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void leaderWithoutALogIsNamedAndFillsTheGap() {
        Diary standby = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .sees(1, "zoe")
                .sees(50, null)
                .leads(50.1, 45, 60)
                .handsOver(55, 45)
                .says(56, Type.STOPPED);

        Verification verification = verify(standby);

        assertThat(verification.isGood()).isTrue();
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note).contains("zoe was seen to lead", "no log"));
    }

    @Test
    void claimThatIsKeptForATakeoverDelayIsRenewedBeforeItsTermBegins() {
        Diary patient = new Diary("ada", 0)
                .says(0, Type.STARTED)
                .renews(1, 41, 11)
                .renews(3, 41, 13)
                .leads(16, 41, 21)
                .handsOver(17, 41)
                .says(18, Type.STOPPED);

        Verification verification = verify(patient);

        assertThat(verification.findings()).isEmpty();
        assertThat(verification.histories().get(0).terms())
                .singleElement()
                .satisfies(term -> assertThat(term.began().event().type()).isEqualTo(Type.TERM_STARTED));
    }

    @Test
    void logThatBeginsInTheMiddleIsSaidToAndJudgedAsFarAsItGoes() {
        Diary rotated = ada().without(event -> event.at().nanos() < new Moment(1_002_000_000_000L, 0).nanos());

        Verification verification = verify(rotated);

        assertThat(verification.of(Kind.VIOLATION)).isEmpty();
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note).contains("the log of ada begins in the middle, with \"renewed\""));
        assertThat(verification.histories().get(0).terms()).hasSize(1);
    }

    @Test
    void termThatIsMentionedLateInALogWithoutItsBeginningDidNotBeginThen() {
        Diary rotated = new Diary("ada", 0)
                .ends(20, 42, EndReason.EXPIRED)
                .workStops(20.1, 42)
                .says(30, Type.STOPPED);
        Diary ben = new Diary("ben", 0)
                .says(0, Type.STARTED)
                .leads(16, 43, 26)
                .handsOver(24, 43)
                .says(30, Type.STOPPED);

        assertThat(verify(rotated, ben).of(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void partsOfOneLogAreJoinedInWhateverOrderAndCountedOnce() {
        List<ElectionEvent> all = ada().events();
        EventLog older = Diary.log("ada.1.jsonl", all.subList(0, 5));
        EventLog newer = Diary.log("ada.jsonl", all.subList(3, all.size()));

        Verification verification = Verification.of(List.of(newer, older, ben().log(), cleo().log()), Premises.DEFAULT);

        Verification whole = verify(ada(), ben(), cleo());
        assertThat(verification.summary()).isEqualTo(whole.summary());
        assertThat(verification.findings()).hasSameSizeAs(whole.findings());
    }

    @Test
    void secondRunUnderTheSameIdentityIsAnother() {
        List<ElectionEvent> twice = new ArrayList<>(ben().events());
        twice.addAll(new Diary("ben", 3)
                .says(40, Type.STARTED)
                .leads(41, 45, 51)
                .handsOver(45, 45)
                .says(46, Type.STOPPED)
                .events());

        Verification verification = Verification.of(List.of(Diary.log("ben.jsonl", twice)), Premises.DEFAULT);

        assertThat(verification.histories().get(0).runs())
                .extracting(CandidateRun::name)
                .containsExactly("ben", "ben (2)");
        assertThat(verification.of(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void refusedTokenIsTold() {
        Verification verification =
                verify(new Diary("ada", 0).says(0, Type.STARTED).says(1, Type.TOKEN_REFUSED));
        assertThat(texts(verification, Kind.NOTE))
                .anySatisfy(note -> assertThat(note).contains("ada refused to lead"));
        assertThat(Objects.requireNonNull(
                        verification.histories().get(0).runs().get(0).identity()))
                .isEqualTo("ada");
    }
}
