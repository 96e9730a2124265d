package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A history in which every promise is kept, and for each promise the smallest change that breaks it. */
class PromisesTest {
    private static final long MILLI = 1_000_000L;
    private static final Promises PROMISES = new Promises(
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2600), Duration.ofMillis(500)),
            Duration.ofMillis(4500),
            null);

    private static final String FIRST_ELECTION = "first election";
    private static final String HAND_OVER = "hand-over when asked";
    private static final String AFTER_KILL = "failover after kill -9";
    private static final String AFTER_STOP = "failover after SIGSTOP";
    private static final String FIRST_CHECK = "first isValid() after the stop";
    private static final String STALE = "stale writes";
    private static final String DISJOINT = "one valid term at a time";
    private static final String TOKENS = "tokens grow";

    /** ada leads from 1 s, ben from 2.1 s, cleo from 7 s, dora from 12 s; times in milliseconds. */
    private static List<Fact> kept() {
        return new ArrayList<>(List.of(
                at(-5000, "started", "ada"),
                at(0, "watching", "ada"),
                started(1000, "ada", 10, 3500),
                wrote(1050, "ada", 10, 1049),
                about(2000, "term-draining", "ada", 10).with("reason", "STEPPED_DOWN"),
                about(2050, "work-stopped", "ada", 10),
                about(2060, "term-ended", "ada", 10),
                started(2100, "ben", 20, 4600),
                wrote(2150, "ben", 20, 2149),
                renewed(2500, "ben", 20, 5000),
                about(2600, "signal-kill", "ben", 20),
                at(2610, "gone", "ben"),
                roundTrip(3000, 5),
                started(7000, "cleo", 30, 9500),
                wrote(7050, "cleo", 30, 7049),
                about(7600, "signal-stop", "cleo", 30),
                roundTrip(8000, 5),
                started(12000, "dora", 40, 14500),
                wrote(12050, "dora", 40, 12049),
                at(12100, "signal-cont", "cleo"),
                about(12110, "first-check-after-pause", "cleo", 30).with("valid", false),
                about(12111, "term-ended", "cleo", 30),
                about(12120, "ledger-refused", "cleo", 30).with("checkedAt", 0L),
                about(13000, "term-ended", "dora", 40)));
    }

    @Test
    void keepsAllPromisesOfAGoodHistory() {
        assertThat(broken(kept())).isEmpty();
    }

    @Test
    void seesTwoTermsValidAtOnce() {
        assertThat(broken(replacing("term-ended", "ada", about(2200, "term-ended", "ada", 10))))
                .containsExactly(DISJOINT);
    }

    @Test
    void seesATermThatOutlivesItsProcessOnlyUntilItIsGone() {
        List<Fact> facts = kept();
        facts.add(renewed(2550, "ben", 20, 8000));

        assertThat(broken(facts)).isEmpty();
        assertThat(broken(without(facts, fact -> fact.is("gone")))).containsExactly(DISJOINT);
    }

    @Test
    void seesAStoppedLeaderWhoseTermRunsIntoItsSuccessors() {
        List<Fact> facts = kept();
        facts.add(renewed(7550, "cleo", 30, 12001));

        assertThat(broken(facts)).containsExactly(DISJOINT);
    }

    @Test
    void believesAWorkerThatWasToldItLeadsMoreThanTheTermsOwnWord() {
        List<Fact> facts = kept();
        facts.add(wrote(2161, "ada", 10, 2160).with("type", "ledger-refused"));

        assertThat(broken(facts)).containsExactly(DISJOINT);
    }

    @Test
    void seesATokenThatIsNotGreater() {
        List<Fact> equal = replacing("term-started", "ben", started(2100, "ben", 10, 4600));
        List<Fact> smaller = replacing("term-started", "ben", started(2100, "ben", 9, 4600));

        assertThat(broken(equal)).contains(TOKENS);
        assertThat(broken(smaller)).contains(TOKENS);
    }

    @Test
    void seesAnAcceptedStaleWrite() {
        assertThat(broken(replacing("ledger-refused", "cleo", wrote(12120, "cleo", 30, 0))))
                .containsExactly(STALE);
    }

    @Test
    void wantsToSeeAStaleWriteRefused() {
        assertThat(broken(without(kept(), fact -> fact.is("ledger-refused")))).containsExactly(STALE);
    }

    /** Nobody was stopped, so nothing is said of it: a machine too busy to play a scene breaks no promise. */
    @Test
    void whatNoSceneTriedIsNotShownAndNotBroken() {
        List<Fact> facts = without(kept(), fact -> fact.mono() >= 7600 * MILLI);

        assertThat(PROMISES.judge(facts))
                .filteredOn(verdict -> verdict.outcome() == Verdict.Outcome.NOT_SHOWN)
                .extracting(Verdict::promise)
                .containsExactly(AFTER_STOP, FIRST_CHECK, STALE);
        assertThat(PROMISES.judge(facts))
                .filteredOn(verdict -> verdict.outcome() == Verdict.Outcome.BROKEN)
                .isEmpty();
        assertThat(PROMISES.judge(List.of())).noneMatch(Verdict::kept);
    }

    @Test
    void leaderThatWasStoppedAndNeverSucceededBreaksThePromise() {
        List<Fact> facts = without(kept(), fact -> fact.is("term-started") && fact.by("dora"));

        assertThat(PROMISES.judge(facts))
                .filteredOn(verdict -> verdict.outcome() == Verdict.Outcome.BROKEN)
                .extracting(Verdict::promise)
                .contains(AFTER_STOP);
    }

    @Test
    void seesALateFailoverAfterAKill() {
        List<Fact> facts = without(kept(), fact -> fact.is("term-started") && fact.by("cleo"));
        facts.add(started(7151, "cleo", 30, 9500));

        assertThat(broken(facts))
                .as("4.5 s and ten round trips of 5 ms after 2.6 s")
                .containsExactly(AFTER_KILL);
    }

    @Test
    void allowsTenRoundTripsAndNotOneMoment() {
        List<Fact> facts = without(kept(), fact -> fact.is("term-started") && fact.by("cleo"));
        facts.add(started(7150, "cleo", 30, 9500));

        assertThat(broken(facts)).isEmpty();
    }

    @Test
    void countsOnlyRoundTripsMeasuredMeanwhile() {
        List<Fact> facts = without(kept(), fact -> fact.is("term-started") && fact.by("cleo"));
        facts.add(started(7151, "cleo", 30, 9500));
        facts.add(roundTrip(1500, 50));

        assertThat(broken(facts)).containsExactly(AFTER_KILL);
    }

    @Test
    void seesALateFailoverAfterAStop() {
        List<Fact> facts = replacing("signal-stop", "cleo", about(7300, "signal-stop", "cleo", 30));

        assertThat(broken(facts)).containsExactly(AFTER_STOP);
    }

    @Test
    void holdsFailoversToAnotherPromiseIfAsked() {
        Promises strict = new Promises(PROMISES.timing(), PROMISES.expiry(), Duration.ofMillis(1));

        assertThat(broken(strict, kept())).containsExactly(AFTER_KILL, AFTER_STOP);
    }

    @Test
    void seesALateHandOver() {
        List<Fact> facts = without(kept(), fact -> fact.is("term-started") && fact.by("ben"));
        facts.add(started(2551, "ben", 20, 4600));

        assertThat(broken(facts)).as("500 ms after its work stopped at 2050").containsExactly(HAND_OVER);
    }

    @Test
    void seesALateFirstElection() {
        assertThat(broken(replacing("watching", "ada", at(-3001, "watching", "ada"))))
                .containsExactly(FIRST_ELECTION);
    }

    @Test
    void seesALeaderThatStillBelievesAfterAStop() {
        List<Fact> facts = replacing(
                "first-check-after-pause",
                "cleo",
                about(12110, "first-check-after-pause", "cleo", 30).with("valid", true));

        assertThat(broken(facts)).containsExactly(FIRST_CHECK, DISJOINT);
    }

    /** Issue 15: a candidate that stalled for a moment in the first scene was held against the last. */
    @Test
    void holdsAStallInAnotherSceneAgainstNothing() {
        List<Fact> facts = kept();
        facts.add(about(1500, "first-check-after-pause", "ada", 10).with("valid", true));
        facts.add(about(7300, "first-check-after-pause", "cleo", 30).with("valid", true));

        assertThat(broken(facts)).isEmpty();
    }

    @Test
    void letsNoStallOfAnotherSceneAnswerForTheStoppedLeader() {
        List<Fact> facts = without(kept(), fact -> fact.is("first-check-after-pause") || fact.is("ledger-refused"));
        facts.add(about(2155, "first-check-after-pause", "ada", 10).with("valid", false));
        facts.add(wrote(2160, "ada", 10, 0).with("type", "ledger-refused"));

        assertThat(broken(facts)).containsExactly(FIRST_CHECK, STALE);
    }

    @Test
    void believesACheckOnlyForTheMomentAtWhichItWasAsked() {
        List<Fact> facts = kept();
        facts.add(about(1990, "first-check-after-pause", "ada", 10).with("valid", true));
        facts.add(about(2101, "first-check-after-pause", "ada", 10).with("valid", true));

        assertThat(broken(facts)).as("asked a moment after ben's term began").containsExactly(DISJOINT);
    }

    /** Each act came a moment after its leader had lost its term by the rules, so another leads, and it has no answer. */
    @Test
    void holdsNoActThatStruckNobodyAgainstAPromise() {
        List<Fact> facts = kept();
        for (String act : List.of("signal-kill", "signal-stop")) {
            facts.add(about(2070, act, "ada", 10));
        }
        facts.add(about(2069, "term-draining", "ada", 10).with("reason", "STEPPED_DOWN"));
        facts.replaceAll(fact -> fact.is("term-started") && fact.by("ben") ? started(2690, "ben", 20, 4600) : fact);
        facts.removeIf(fact -> fact.is("term-draining") && fact.mono() == 2000 * MILLI);
        facts.removeIf(fact -> fact.is("signal-kill") && fact.by("ben"));
        facts.removeIf(fact -> fact.is("ledger-accepted") && fact.by("ben"));

        assertThat(broken(facts)).containsExactly(HAND_OVER, AFTER_KILL);
        assertThat(PROMISES.judge(facts).stream()
                        .filter(verdict -> !verdict.kept())
                        .map(Verdict::measured))
                .containsOnly("not tried");
    }

    @Test
    void holdsNoActThatCameAfterItsTermsValidityAgainstAPromise() {
        List<Fact> facts = kept();
        facts.add(about(4700, "signal-stop", "ada", 10));
        facts.removeIf(fact -> fact.is("term-ended") && fact.by("ada"));
        facts.replaceAll(fact -> fact.is("term-started") && fact.by("ada") ? started(1000, "ada", 10, 2061) : fact);

        assertThat(broken(facts)).isEmpty();
    }

    @Test
    void judgesTheActThatStruckAfterOneThatDidNot() {
        List<Fact> facts = kept();
        facts.add(about(7000, "signal-stop", "ben", 20));

        assertThat(broken(facts)).isEmpty();
        facts.replaceAll(fact -> fact.is("first-check-after-pause") ? fact.with("valid", true) : fact);
        assertThat(broken(facts)).contains(FIRST_CHECK);
    }

    @Test
    void wantsAnAnswerOfEachLeaderThatWasStopped() {
        List<Fact> facts = kept();
        facts.add(about(1200, "signal-stop", "ada", 10));
        facts.add(at(1300, "signal-cont", "ada"));

        assertThat(broken(facts)).containsExactly(FIRST_CHECK, STALE);
    }

    @Test
    void allowsABusyMachineTenRoundTripsInEveryScene() {
        List<Fact> slow = without(kept(), fact -> fact.is("term-started") && fact.by("ben"));
        slow.add(started(2599, "ben", 20, 4600));
        slow.replaceAll(fact -> fact.is("watching") ? at(-3040, "watching", "ada") : fact);
        assertThat(broken(slow)).containsExactly(FIRST_ELECTION, HAND_OVER);

        slow.add(roundTrip(500, 5));
        slow.add(roundTrip(2300, 5));
        assertThat(broken(slow)).isEmpty();
    }

    @Test
    void countsAMissingSceneAsBroken() {
        assertThat(broken(without(kept(), fact -> fact.is("term-draining")))).containsExactly(HAND_OVER);
        assertThat(broken(without(kept(), fact -> fact.is("signal-kill")))).containsExactly(AFTER_KILL);
        assertThat(broken(without(kept(), fact -> fact.is("signal-stop"))))
                .containsExactly(AFTER_STOP, FIRST_CHECK, STALE);
        assertThat(broken(without(kept(), fact -> fact.is("first-check-after-pause"))))
                .containsExactly(FIRST_CHECK);
        assertThat(broken(List.of()))
                .containsExactly(
                        FIRST_ELECTION, HAND_OVER, AFTER_KILL, AFTER_STOP, FIRST_CHECK, STALE, DISJOINT, TOKENS);
    }

    private static List<String> broken(List<Fact> facts) {
        return broken(PROMISES, facts);
    }

    private static List<String> broken(Promises promises, List<Fact> facts) {
        return promises.judge(facts).stream()
                .filter(verdict -> !verdict.kept())
                .map(Verdict::promise)
                .toList();
    }

    private static List<Fact> replacing(String type, String who, Fact replacement) {
        List<Fact> facts = kept();
        facts.replaceAll(fact -> fact.is(type) && fact.by(who) ? replacement : fact);
        return facts;
    }

    private static List<Fact> without(List<Fact> facts, Predicate<Fact> which) {
        List<Fact> fewer = new ArrayList<>(facts);
        fewer.removeIf(which);
        return fewer;
    }

    private static Fact at(long millis, String type, String who) {
        return Fact.at(millis * MILLI, type, who);
    }

    private static Fact about(long millis, String type, String who, long token) {
        return at(millis, type, who).with("token", new FencingToken(0, token).toString());
    }

    private static Fact started(long millis, String who, long token, long validUntil) {
        return about(millis, "term-started", who, token).with("validUntil", validUntil * MILLI);
    }

    private static Fact renewed(long millis, String who, long token, long validUntil) {
        return about(millis, "renewed", who, token).with("validUntil", validUntil * MILLI);
    }

    private static Fact wrote(long millis, String who, long token, long checkedAt) {
        return about(millis, "ledger-accepted", who, token).with("checkedAt", checkedAt * MILLI);
    }

    private static Fact roundTrip(long millis, long took) {
        return at(millis, "round-trip", Fact.DEMO).with("nanos", took * MILLI);
    }
}
