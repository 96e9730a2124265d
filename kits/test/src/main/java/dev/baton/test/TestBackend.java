package dev.baton.test;

import dev.baton.internal.Required;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A backend in the hands of a test: candidates stand by until the test lets one lead, and time stands still until the test
 * lets it pass. Hand it to the service under test instead of a real one.
 *
 * <pre>{@code
 * backend.grant();                            // the candidate leads: onStartedLeading runs
 * backend.advance(Duration.ofMinutes(5));     // and goes on leading, renewed every retryPeriod
 * backend.revoke();                           // another leads: onStoppedLeading has run
 * }</pre>
 *
 * <p>Each of these methods returns when all that follows from it has happened: callbacks have returned or, for a moment of
 * real time, done nothing but wait. One that computes for ten seconds is not waited for any longer, nor is one on an
 * executor of the service's own. Called from a callback, they wait for no callback. Any thread, but one at a time.
 *
 * <p>While an election is being closed time passes by itself, twenty times as fast as real time.
 */
public final class TestBackend implements LockBackend {
    private final TestRuntime runtime = new TestRuntime();
    private final TestTime time = runtime.timekeeper();
    private final Map<ElectionName, Contest> contests = new TreeMap<>(Comparator.comparing(ElectionName::toString));
    private boolean reachable = true;
    private long tokens;

    private TestBackend() {}

    /** A backend on which nobody leads yet; the caller closes it. */
    public static TestBackend open() {
        return new TestBackend();
    }

    // -- what a test decides --------------------------------------------------------------------------------------

    /**
     * Lets a candidate lead: of several, the one that has waited longest. Time passes only if that one leaves the contest
     * to others for a while, as it does after a step-down.
     *
     * @return the token of its term
     * @throws IllegalStateException unless there is exactly one election, without a leader, and a candidate that can lead
     */
    public FencingToken grant() {
        return grant(only());
    }

    /** As {@link #grant()}, in one election of several. */
    public FencingToken grant(String election) {
        return grant(named(election));
    }

    private FencingToken grant(Contest contest) {
        Duration patience = runtime.ask(() -> {
            demand(reachable, contest + " can have no leader while its backend is unreachable; call reachable() first");
            demand(contest.led(time.now()).isEmpty(), contest + " has a leader; revoke() or expire() its term first");
            contest.open();
            return contest.longestLease();
        });
        long end = time.now().plus(patience).nanos();
        Optional<FencingToken> token = runtime.ask(contest::granted);
        while (token.isEmpty() && time.leap(end - time.now().nanos())) {
            token = runtime.ask(contest::granted);
        }
        return token.orElseThrow(() -> {
            runtime.carryOut(contest::shut);
            return new IllegalStateException("nobody wanted to lead " + contest + " within "
                    + ElectionTiming.text(patience)
                    + " of virtual time; is its candidate paused, withdrawn or closed, or"
                    + " do callbacks of its last term still run?");
        });
    }

    /**
     * Lets another process lead instead of the candidate that does. The candidate hears of it at once, and its term ends as
     * {@link dev.baton.event.EndReason#LOST}; while it is {@linkplain #unreachable() cut off} it hears nothing, and leads on
     * until its term expires.
     *
     * @return the token of the other, greater than the candidate's: what a fenced resource is to have seen
     * @throws IllegalStateException unless there is exactly one election, and a candidate leads it
     */
    public FencingToken revoke() {
        return revoke(only());
    }

    /** As {@link #revoke()}, in one election of several. */
    public FencingToken revoke(String election) {
        return revoke(named(election));
    }

    private FencingToken revoke(Contest contest) {
        return runtime.ask(() -> {
            demand(contest.led(time.now()).isPresent(), contest + " has no leader to depose; grant() it first");
            return contest.revoke(reachable, time.now(), nextToken());
        });
    }

    /**
     * Lets no renewal succeed until every term has expired by its own clock, as when the store cannot be reached for so long.
     * Time passes: renewDeadline, less what has passed since the last renewal.
     *
     * @throws IllegalStateException when no candidate leads
     */
    public void expire() {
        boolean before = runtime.ask(() -> reachable);
        Duration longest = runtime.ask(() -> {
            connect(false);
            return contests.values().stream()
                    .map(contest -> contest.remaining(time.now()))
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        });
        runtime.advance(longest);
        runtime.carryOut(() -> connect(before));
        demand(!longest.isZero(), "no candidate leads, so no term can expire; grant() one first");
    }

    /** Fails every call to the store, and silences it, until {@link #reachable()}. Terms last until they expire. */
    public void unreachable() {
        runtime.carryOut(() -> connect(false));
    }

    /** Ends what {@link #unreachable()} began. */
    public void reachable() {
        runtime.carryOut(() -> connect(true));
    }

    /** Lets time pass, in which terms are renewed and whatever else is due happens, each at its time. */
    public void advance(Duration duration) {
        runtime.advance(Required.given("duration", duration));
    }

    /**
     * Stops the process for this long, as a long collection of garbage or a suspended machine does: time passes, and what
     * was due happens afterwards. A term that was to expire has expired before anything else.
     */
    public void pause(Duration duration) {
        runtime.pause(Required.given("duration", duration));
    }

    private Contest only() {
        return runtime.ask(() -> {
            List<Contest> all = contests.values().stream()
                    .filter(contest -> !contest.isEmpty())
                    .toList();
            demand(!all.isEmpty(), "there is no candidate; start an election on this backend first");
            demand(all.size() == 1, "there are several elections, " + all + "; name the one that is meant");
            return all.get(0);
        });
    }

    private Contest named(String election) {
        ElectionName name = ElectionName.parse(election);
        return runtime.ask(() -> {
            Contest contest = contests.get(name);
            if (contest == null || contest.isEmpty()) {
                throw new IllegalStateException("there is no candidate in " + name + ", only in " + contests.keySet());
            }
            return contest;
        });
    }

    private static void demand(boolean holds, String orElse) {
        if (!holds) {
            throw new IllegalStateException(orElse);
        }
    }

    private void connect(boolean value) {
        if (reachable != value) {
            reachable = value;
            contests.values().forEach(contest -> contest.connected(value));
        }
    }

    // -- what elections ask ---------------------------------------------------------------------------------------

    @Override
    public String kind() {
        return "test";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return answer(() -> contest(claim.election()).acquire(claim, time.now(), this::nextToken));
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return answer(() -> contest(claim.election()).renew(claim, time.now()));
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return this.<Optional<Void>>answer(() -> {
                    contest(claim.election()).withdraw(claim);
                    return Optional.empty();
                })
                .thenAccept(done -> {});
    }

    private <T> CompletionStage<T> answer(Supplier<T> answer) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        time.execute(() -> {
            if (reachable) {
                stage.complete(answer.get());
            } else {
                stage.completeExceptionally(
                        new BackendException("the test has made the backend unreachable; retrying"));
            }
        });
        return stage;
    }

    private Contest contest(ElectionName election) {
        return contests.computeIfAbsent(election, Contest::new);
    }

    private FencingToken nextToken() {
        return new FencingToken(0, ++tokens);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        time.execute(() -> contest(election).join(watcher, timing.leaseDuration(), reachable));
        return () -> time.execute(() -> contest(election).leave(watcher));
    }

    /** Reaches the store again, hands over what is led, with as much virtual time as that takes, and ends the threads. */
    @Override
    public void close() {
        if (!runtime.isClosed()) {
            runtime.carryOut(() -> connect(true));
            runtime.close();
        }
    }
}
