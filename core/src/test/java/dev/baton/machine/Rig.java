package dev.baton.machine;

import static dev.baton.fixture.Samples.ELECTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One machine, a clock in the hand of the test, and what the machine wanted done. */
final class Rig {
    static final Chance NEVER = Chance.whenTold();

    final CandidateConfig config;
    final ElectionMachine machine;
    final List<Effect> all = new ArrayList<>();
    Moment now = new Moment(Long.MAX_VALUE - 20_000_000_000L, 1_800_000_000_000_000_000L);
    private List<Effect> last = List.of();

    Rig() {
        this(configured(ElectionTiming.DEFAULT, Duration.ofSeconds(10), Duration.ZERO), 1);
    }

    Rig(CandidateConfig config, long seed) {
        this.config = config;
        this.machine = new ElectionMachine(config, now, new SplittableRandom(seed));
    }

    static CandidateConfig configured(ElectionTiming timing, Duration drainTimeout, Duration takeoverDelay) {
        return new CandidateConfig(ELECTION, "app-1", "aaaaaaaa-bbbb-4ccc-8ddd-", timing, drainTimeout, takeoverDelay);
    }

    // -- what happens ---------------------------------------------------------------------------------------------

    Rig on(BiFunction<ElectionMachine, Moment, List<Effect>> event) {
        last = event.apply(machine, now);
        all.addAll(last);
        return this;
    }

    Rig start() {
        return on(ElectionMachine::start);
    }

    /** Time passes on both clocks; the machine receives nothing. */
    Rig pass(Duration duration) {
        now = now.plus(duration);
        return this;
    }

    /** Time passes on both clocks, and the machine is woken whenever it asked to be. */
    Rig run(Duration duration) {
        Moment end = now.plus(duration);
        List<Effect> done = new ArrayList<>();
        for (Moment wake = machine.wake(); wake != null && !end.isBefore(wake); wake = machine.wake()) {
            now = now.isBefore(wake) ? now.plusNanos(wake.nanosSince(now)) : now;
            String before = machine.where() + machine.wake();
            on(ElectionMachine::tick);
            done.addAll(last);
            assertThat(last.isEmpty() && before.equals(machine.where() + machine.wake()))
                    .as("a wake that changes nothing: a busy loop in %s", machine.where())
                    .isFalse();
        }
        now = end;
        last = done;
        return this;
    }

    /** Runs until the machine makes a call. */
    Effect.Call runToCall() {
        for (int i = 0; i < 100; i++) {
            Moment wake = machine.wake();
            assertThat(wake).as("a wake in %s", machine.where()).isNotNull();
            now = wake != null && now.isBefore(wake) ? now.plusNanos(wake.nanosSince(now)) : now;
            on(ElectionMachine::tick);
            List<Effect.Call> calls = lastOf(Effect.Call.class);
            if (!calls.isEmpty()) {
                return calls.get(0);
            }
        }
        throw new AssertionError("a hundred wakes and no call in " + machine.where());
    }

    Rig grant(Effect.Call call, long token) {
        return grant(call, token, now);
    }

    Rig grant(Effect.Call call, long token, Moment sentAt) {
        Answer answer = new Answer.Granted(sentAt, config.timing().leaseDuration(), token(token));
        return on((m, t) -> m.answered(call.call(), answer, t));
    }

    Rig refuse(Effect.Call call, @Nullable Holder holder, Chance chance) {
        return on((m, t) -> m.answered(call.call(), new Answer.Refused(holder, chance), t));
    }

    Rig fail(Effect.Call call) {
        return on((m, t) -> m.failed(call.call(), "the store did not answer", t));
    }

    Rig confirm(Effect.Call call) {
        return on((m, t) -> m.confirmed(call.call(), t));
    }

    /** From the beginning to a term with this token, its work running. */
    Term lead(long token) {
        start();
        return leadAgain(token);
    }

    /** From standing by to a term with this token, its work running. */
    Term leadAgain(long token) {
        Effect.Call acquire = call(Effect.Acquire.class);
        grant(acquire, token);
        Term term = lastOne(Effect.BeginTerm.class).term();
        on((m, t) -> m.workBegan(term, t));
        return term;
    }

    /** onStartedLeading has returned, and onStoppedLeading after it. */
    Rig workEnds(Term term) {
        on((m, t) -> m.workReturned(term, null, t));
        if (!lastOf(Effect.StopWork.class).isEmpty()) {
            on((m, t) -> m.workStopped(term, t));
        }
        return this;
    }

    // -- what came of it ------------------------------------------------------------------------------------------

    /** The call of this kind that the last event caused. */
    <T extends Effect.Call> T call(Class<T> kind) {
        return lastOne(kind);
    }

    <T extends Effect> T lastOne(Class<T> kind) {
        List<T> found = lastOf(kind);
        assertThat(found)
                .as("%s among %s in %s", kind.getSimpleName(), last, machine.where())
                .hasSize(1);
        return found.get(0);
    }

    <T extends Effect> List<T> lastOf(Class<T> kind) {
        return last.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends Effect> List<T> allOf(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Everything but what is only told. */
    List<Effect> lastDone() {
        return last.stream()
                .filter(e -> !(e instanceof Effect.Tell || e instanceof Effect.LeaderChanged))
                .toList();
    }

    List<ElectionEvent> told(Type type) {
        return allOf(Effect.Tell.class).stream()
                .map(Effect.Tell::event)
                .filter(event -> event.type() == type)
                .toList();
    }

    List<EndReason> endings() {
        return allOf(Effect.EndTerm.class).stream().map(Effect.EndTerm::reason).toList();
    }

    Duration untilWake() {
        Moment wake = machine.wake();
        assertThat(wake).as("a wake in %s", machine.where()).isNotNull();
        return wake == null ? Duration.ZERO : Duration.ofNanos(wake.nanosSince(now));
    }

    static FencingToken token(long number) {
        return new FencingToken(0, number);
    }

    static Holder other(String name, long token) {
        return new Holder(name, "other-nonce-" + name, token(token), null, null, -1);
    }

    Claim claim(long number) {
        return config.claim(number);
    }
}
