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
 * A backend that a test controls: candidates stand by until the test grants one, and time stands still until the test
 * advances it. Give it to the service under test in place of a real backend.
 *
 * <pre>{@code
 * backend.grant();                            // the candidate leads: onStartedLeading runs
 * backend.advance(Duration.ofMinutes(5));     // and goes on leading, renewed every retryPeriod
 * backend.revoke();                           // another leads: onStoppedLeading has run
 * }</pre>
 *
 * <p>Each of these methods returns when all consequences have happened: callbacks have returned, or have waited for a
 * moment of real time. The methods stop waiting for a callback that computes for ten seconds, and do not wait for
 * callbacks on an executor of the service's own. Called from a callback, they wait for no callback. They may be called
 * from any thread, but one at a time.
 *
 * <p>While an election closes, time advances by itself, twenty times as fast as real time.
 */
public final class TestBackend implements LockBackend {
    private final TestRuntime runtime = new TestRuntime();
    private final TestTime time = runtime.timekeeper();
    private final Map<ElectionName, Contest> contests = new TreeMap<>(Comparator.comparing(ElectionName::toString));
    private boolean reachable = true;
    private long tokens;

    private TestBackend() {}

    /** A backend without a leader; the caller closes it. */
    public static TestBackend open() {
        return new TestBackend();
    }

    // -- controls of a test --------------------------------------------------------------------------------------

    /**
     * Lets a candidate lead: of several, the one that has waited longest. Time advances only if that candidate waits
     * before it contends again, as after a step-down.
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
            return new IllegalStateException("no candidate acquired " + contest + " within "
                    + ElectionTiming.text(patience)
                    + " of virtual time; is its candidate paused, withdrawn or closed, or"
                    + " do callbacks of its last term still run?");
        });
    }

    /**
     * Deposes the leader: another process leads instead. The candidate learns of it at once, and its term ends as
     * {@link dev.baton.event.EndReason#LOST}; while the store is {@linkplain #unreachable() unreachable}, it does not
     * learn of it, and leads until its term expires.
     *
     * @return the other process's token, greater than the candidate's, for a test to give to a fenced resource
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
     * Fails every renewal until every term has expired by its own clock, as an unreachable store does. Time advances:
     * by renewDeadline, less the time since the last renewal.
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

    /**
     * Fails every call to the store, and delivers no hints, until {@link #reachable()}. Terms last until they expire.
     */
    public void unreachable() {
        runtime.carryOut(() -> connect(false));
    }

    /** Ends {@link #unreachable()}. */
    public void reachable() {
        runtime.carryOut(() -> connect(true));
    }

    /** Advances time. Renewals and all other timers run, each at its time. */
    public void advance(Duration duration) {
        runtime.advance(Required.given("duration", duration));
    }

    /**
     * Stops the process for this long, as a long garbage collection or a suspended machine does: time advances, and
     * timers that came due run afterwards. A term due to expire has expired before anything else happens.
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
            demand(all.size() == 1, "there are several elections, " + all + "; name the one you mean");
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

    // -- calls of elections ---------------------------------------------------------------------------------------

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

    /**
     * Makes the store reachable, hands over all leaderships, with as much virtual time as that takes, and ends the
     * threads.
     */
    @Override
    public void close() {
        if (!runtime.isClosed()) {
            runtime.carryOut(() -> connect(true));
            runtime.close();
        }
    }
}
