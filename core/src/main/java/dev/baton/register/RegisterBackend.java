package dev.baton.register;

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
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Elections on any compare-and-set register, by client-go's algorithm: take a record that is free or has not changed for
 * its lease duration on the candidate's own clock; write it again to renew.
 *
 * <p>The decisions are made on the loop, in {@link ElectionView} and {@link RegisterClaim}; every call of the register is
 * made on the sender thread, with a timeout.
 */
public final class RegisterBackend implements LockBackend {
    private final Register register;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final int epoch;
    private final Map<ElectionName, ElectionView> views = new HashMap<>();

    /**
     * A backend over {@code register}, which it closes when closed.
     *
     * @param epoch the epoch of its tokens: 0 at first, raised by one at each restore or migration of the store
     */
    public RegisterBackend(Register register, int epoch) {
        this.register = Required.given("register", register);
        this.runtime = register.runtime();
        this.time = runtime.timekeeper();
        this.epoch = FencingToken.checkEpoch(epoch);
    }

    @Override
    public String kind() {
        return register.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        register.check(election, timing);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return onLoop(answer -> view(claim.election()).registerClaim(claim).acquire(deadline, answer));
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return onLoop(answer -> view(claim.election()).registerClaim(claim).renew(deadline, answer));
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return onLoop(answer -> view(claim.election()).registerClaim(claim).withdraw(deadline, answer));
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        time.execute(() -> view(election).join(watcher));
        return () -> time.execute(() -> view(election).leave(watcher));
    }

    @Override
    public void close() {
        runtime.close();
        register.close();
    }

    int epoch() {
        return epoch;
    }

    Register register() {
        return register;
    }

    Timekeeper time() {
        return time;
    }

    /** Forgets an election without claims and watchers. */
    void forget(ElectionName election) {
        views.remove(election);
    }

    private ElectionView view(ElectionName election) {
        return views.computeIfAbsent(election, name -> new ElectionView(name, this));
    }

    private interface Step<T> {
        void run(CompletableFuture<T> answer);
    }

    private <T> CompletionStage<T> onLoop(Step<T> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        time.execute(() -> {
            try {
                step.run(answer);
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /**
     * Calls the register on the sender thread and continues on the loop, once: with the answer, or with a failure when it
     * failed or did not answer in time.
     *
     * @param late receives, on the loop, an answer that came after its time
     */
    <T> void call(
            String what,
            Moment deadline,
            Supplier<CompletionStage<T>> call,
            BiConsumer<@Nullable T, @Nullable Throwable> then,
            BiConsumer<@Nullable T, @Nullable Throwable> late) {
        long patience = deadline.nanosSince(time.now());
        if (patience <= 0) {
            time.execute(() -> then.accept(
                    null,
                    new BackendException(kind() + " received no request for " + what
                            + ": earlier calls took all its time; retrying")));
            return;
        }
        boolean[] answered = new boolean[1];
        Timekeeper.Timer timer = time.schedule(Duration.ofNanos(patience), () -> {
            if (!answered[0]) {
                answered[0] = true;
                then.accept(
                        null,
                        new BackendException(kind() + " did not answer " + what + " within "
                                + ElectionTiming.text(Duration.ofNanos(patience)) + "; retrying"));
            }
        });
        runtime.sendNext(call)
                .whenComplete((value, failure) -> time.execute(() -> {
                    Throwable cause = failure == null ? null : BackendException.unwrapped(failure);
                    if (answered[0]) {
                        late.accept(value, cause);
                        return;
                    }
                    answered[0] = true;
                    timer.cancel();
                    then.accept(value, cause);
                }));
    }
}
