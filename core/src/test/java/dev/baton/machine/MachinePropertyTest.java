package dev.baton.machine;

import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of a machine whatever happens to it, in any order. A failure names its seed; the seed is the whole story. */
class MachinePropertyTest {
    private static final int STEPS = 4_000;

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= 60; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingThatHappensBreaksARule(long seed) {
        new Play(seed).run();
    }

    /** One machine among random events, and the rules checked after every one of them. */
    private static final class Play {
        private final SplittableRandom random;
        private final CandidateConfig config;
        private final ElectionMachine machine;
        private final Map<Claim, Effect.Call> inFlight = new HashMap<>();
        private final Set<Long> calls = new HashSet<>();
        private final Set<Claim> served = new HashSet<>();
        private final List<String> story = new ArrayList<>();
        private Moment now = new Moment(Long.MAX_VALUE - seconds(60).toNanos(), 1_800_000_000_000_000_000L);
        private long tokens = 10;
        private boolean contends = true;
        private boolean healed;
        private @Nullable Life life;

        /** One term as the outside sees it. */
        private static final class Life {
            final Term term;
            Validity validity;

            @Nullable EndReason ended;

            boolean draining;
            boolean began;
            boolean returned;
            boolean stopping;
            boolean interrupted;
            boolean workDone;

            Life(Term term, Validity validity) {
                this.term = term;
                this.validity = validity;
            }
        }

        Play(long seed) {
            random = new SplittableRandom(seed);
            Duration takeoverDelay = seed % 4 == 0 ? seconds(random.nextInt(15)) : Duration.ZERO;
            config = Rig.configured(ElectionTiming.DEFAULT, seconds(1 + random.nextInt(20)), takeoverDelay);
            machine = new ElectionMachine(config, now, random.split());
        }

        void run() {
            try {
                on("start", ElectionMachine::start);
                for (int i = 0; i < STEPS; i++) {
                    anything();
                }
                leadsOnceAllIsWell();
                stopsOnceClosed();
            } catch (AssertionError | RuntimeException e) {
                int from = Math.max(0, story.size() - 40);
                throw new AssertionError(
                        e.getMessage() + "\nafter\n  " + String.join("\n  ", story.subList(from, story.size())), e);
            }
        }

        // -- events ---------------------------------------------------------------------------------------------

        private void anything() {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> wakes();
                case 4, 5, 6 -> passes(random.nextLong(seconds(3).toNanos()));
                case 7 -> sleeps();
                case 8, 9, 10, 11, 12 -> answersOne();
                case 13 -> on("a stale answer", (m, t) -> m.failed(random.nextLong(1_000_000), "stale", t));
                case 14 -> hears();
                case 15, 16, 17, 18, 19 -> works();
                case 20 -> on("watching", (m, t) -> m.watching(random.nextBoolean(), t));
                case 21 -> on("tick", ElectionMachine::tick);
                default -> wants();
            }
        }

        private void wakes() {
            Moment wake = machine.wake();
            if (wake != null && wake.nanosSince(now) < seconds(40).toNanos()) {
                passes(Math.max(0, wake.nanosSince(now)));
            }
        }

        private void passes(long nanos) {
            now = now.plusNanos(nanos);
            on("tick after " + nanos / 1_000_000 + " ms", ElectionMachine::tick);
        }

        private void sleeps() {
            long slept = random.nextInt(10) == 0
                    ? seconds(60).toNanos()
                    : random.nextLong(seconds(1).toNanos());
            now = new Moment(now.nanos(), now.wallNanos() + slept);
            on("tick after a sleep", ElectionMachine::tick);
        }

        private void answersOne() {
            if (!inFlight.isEmpty()) {
                List<Effect.Call> open = new ArrayList<>(inFlight.values());
                answer(open.get(random.nextInt(open.size())), random.nextInt(10));
            }
        }

        private void answer(Effect.Call call, int how) {
            inFlight.remove(call.claim());
            if (how < 2) {
                on("failed " + call, (m, t) -> m.failed(call.call(), "no answer " + how, t));
            } else if (call instanceof Effect.Withdraw) {
                on("confirmed " + call, (m, t) -> m.confirmed(call.call(), t));
            } else if (how < 4) {
                Chance chance = how == 2 ? Chance.now() : Rig.NEVER;
                on("refused " + call, (m, t) -> m.answered(call.call(), new Answer.Refused(null, chance), t));
            } else {
                long age = random.nextLong(how < 9 ? 1_000_000 : seconds(12).toNanos());
                grant(call, now.plusNanos(-age));
            }
        }

        private void grant(Effect.Call call, Moment sentAt) {
            Life held = life;
            boolean renewal = call instanceof Effect.Renew
                    && held != null
                    && held.term.claim().equals(call.claim());
            FencingToken token = renewal && held != null ? held.term.token() : Rig.token(++tokens);
            Answer answer = new Answer.Granted(sentAt, seconds(15), token);
            on("granted " + call, (m, t) -> m.answered(call.call(), answer, t));
        }

        private void hears() {
            Claim claim = someClaim();
            switch (random.nextInt(4)) {
                case 0 -> on("vacant", ElectionMachine::vacant);
                case 1 ->
                    on("held", (m, t) -> m.held(Rig.other("b", tokens), Chance.after(seconds(random.nextInt(16))), t));
                case 2 -> on("yourTurn", (m, t) -> m.yourTurn(claim, null, t));
                default -> on("lost", (m, t) -> m.lost(claim, "gone", t));
            }
        }

        private Claim someClaim() {
            List<Claim> claims = new ArrayList<>(inFlight.keySet());
            if (life != null) {
                claims.add(life.term.claim());
            }
            claims.add(config.claim(random.nextInt(1_000)));
            return claims.get(random.nextInt(claims.size()));
        }

        private void works() {
            Life held = life;
            if (held == null || held.workDone) {
                return;
            }
            Term term = held.term;
            if (!held.began) {
                held.began = !held.interrupted && (healed || random.nextInt(5) > 0);
                held.workDone = !held.began;
                on(
                        held.began ? "work began" : "work cancelled",
                        held.began ? (m, t) -> m.workBegan(term, t) : (m, t) -> m.workCancelled(term, "rejected", t));
            } else if (!held.returned) {
                held.returned = true;
                String failure = !healed && random.nextInt(6) == 0 ? "boom" : null;
                on("work returned " + failure, (m, t) -> m.workReturned(term, failure, t));
            } else if (held.stopping) {
                held.workDone = true;
                on("work stopped", (m, t) -> m.workStopped(term, t));
            }
        }

        private void wants() {
            switch (random.nextInt(12)) {
                case 0, 1 -> on("stepDown", ElectionMachine::stepDown);
                case 2 -> {
                    contends = false;
                    on("pause", ElectionMachine::pause);
                }
                case 3 -> {
                    contends = false;
                    on("withdraw", ElectionMachine::withdraw);
                }
                case 4, 5, 6, 7 -> {
                    contends = true;
                    on("resume", ElectionMachine::resume);
                }
                default -> wakes();
            }
        }

        // -- what has to hold ---------------------------------------------------------------------------------------

        private void on(String what, BiFunction<ElectionMachine, Moment, List<Effect>> event) {
            story.add(what);
            check(event.apply(machine, now));
            for (int i = 0; isDue(); i++) {
                assertThat(i).as("ticks in a row while the clock stands still").isLessThan(4);
                check(machine.tick(now));
            }
            Life held = life;
            if (held != null && held.ended == null) {
                assertThat(now.hasReached(held.validity.until()))
                        .as("an expired term is ended")
                        .isFalse();
            }
            boolean waitsForWork = held != null && !held.workDone;
            if (contends && inFlight.isEmpty() && !waitsForWork) {
                assertThat(machine.wake())
                        .as("somebody wakes %s", machine.where())
                        .isNotNull();
            }
        }

        private boolean isDue() {
            Moment wake = machine.wake();
            return wake != null && !now.isBefore(wake);
        }

        private void check(List<Effect> effects) {
            for (Effect effect : effects) {
                if (!(effect instanceof Effect.Tell)) {
                    story.add("    " + effect);
                }
                if (effect instanceof Effect.Call call) {
                    checkCall(call);
                } else if (effect instanceof Effect.BeginTerm begin) {
                    checkBegin(begin);
                } else if (!(effect instanceof Effect.Tell || effect instanceof Effect.LeaderChanged)) {
                    checkTerm(effect);
                }
            }
        }

        private void checkCall(Effect.Call call) {
            assertThat(inFlight).as("rule 1.2: one call in flight for a claim").doesNotContainKey(call.claim());
            assertThat(inFlight).as("and one for a machine").isEmpty();
            assertThat(calls.add(call.call())).as("call %d is new", call.call()).isTrue();
            assertThat(now.isBefore(call.deadline())).as("a deadline to come").isTrue();
            inFlight.put(call.claim(), call);
            Life held = life;
            if (held == null || !held.term.claim().equals(call.claim())) {
                return;
            }
            assertThat(call).as("rule 4.4: a claim serves one term").isNotInstanceOf(Effect.Acquire.class);
            if (call instanceof Effect.Withdraw && !held.workDone) {
                assertThat(held.ended).as("no claim is withdrawn under a term").isNotNull();
                assertThat(now.nanosSince(held.validity.sentAt()))
                        .as("rule 4.3: the claim stands while work runs")
                        .isGreaterThanOrEqualTo(seconds(15).toNanos());
            }
            if (call instanceof Effect.Renew) {
                assertThat(held.ended).as("only a term is renewed").isNull();
            }
        }

        private void checkBegin(Effect.BeginTerm begin) {
            Life before = life;
            if (before != null) {
                assertThat(before.ended).as("terms do not overlap").isNotNull();
                assertThat(before.workDone).as("nor does their work").isTrue();
                assertThat(begin.term().token()).isGreaterThan(before.term.token());
            }
            assertThat(contends).as("no term begins while paused").isTrue();
            assertThat(served.add(begin.term().claim())).as("rule 4.4").isTrue();
            life = new Life(begin.term(), begin.validity());
        }

        private void checkTerm(Effect effect) {
            Life held = life;
            assertThat(held).as("%s of a term", effect).isNotNull();
            if (held == null) {
                return;
            }
            if (effect instanceof Effect.ExtendTerm extend) {
                assertThat(extend.term()).isEqualTo(held.term);
                assertThat(held.ended).as("what is over is not extended").isNull();
                assertThat(extend.validity().until().isBefore(held.validity.until()))
                        .isFalse();
                held.validity = extend.validity();
            } else if (effect instanceof Effect.DrainTerm drain) {
                assertThat(drain.term()).isEqualTo(held.term);
                assertThat(held.draining || held.ended != null)
                        .as("drained once, before the end")
                        .isFalse();
                held.draining = true;
            } else if (effect instanceof Effect.EndTerm end) {
                assertThat(end.term()).isEqualTo(held.term);
                assertThat(held.ended).as("ended once").isNull();
                held.ended = end.reason();
                if (end.reason().isOrderly()) {
                    assertThat(held.workDone)
                            .as("an orderly end comes after the work")
                            .isTrue();
                }
            } else if (effect instanceof Effect.InterruptWork interrupt) {
                assertThat(interrupt.term()).isEqualTo(held.term);
                held.interrupted = true;
            } else if (effect instanceof Effect.StopWork stop) {
                assertThat(stop.term()).isEqualTo(held.term);
                assertThat(held.returned && !held.stopping)
                        .as("stopped once, after it returned")
                        .isTrue();
                held.stopping = true;
            }
        }

        // -- how it has to end --------------------------------------------------------------------------------------

        private void leadsOnceAllIsWell() {
            contends = true;
            healed = true;
            on("resume at the end", ElectionMachine::resume);
            on("vacant at the end", ElectionMachine::vacant);
            for (int i = 0; i < 400 && !leads(); i++) {
                heal();
            }
            assertThat(leads())
                    .as("leads once the store answers and callbacks return; it is %s", machine.where())
                    .isTrue();
        }

        private boolean leads() {
            return machine.where().equals("leading");
        }

        private void stopsOnceClosed() {
            contends = false;
            on("close", ElectionMachine::close);
            for (int i = 0; i < 400 && !machine.isStopped(); i++) {
                heal();
            }
            assertThat(machine.isStopped())
                    .as("stopped rather than %s", machine.where())
                    .isTrue();
            assertThat(inFlight).isEmpty();
            Life held = life;
            assertThat(held == null || (held.ended != null && held.workDone)).isTrue();
        }

        private void heal() {
            for (Effect.Call call : List.copyOf(inFlight.values())) {
                inFlight.remove(call.claim());
                if (call instanceof Effect.Withdraw) {
                    on("confirmed", (m, t) -> m.confirmed(call.call(), t));
                } else {
                    grant(call, now);
                }
            }
            Life held = life;
            boolean workIsDue = held != null && !held.workDone && (!held.began || held.ended != null || held.draining);
            if (workIsDue) {
                works();
            } else if (inFlight.isEmpty()) {
                wakes();
            }
        }
    }
}
