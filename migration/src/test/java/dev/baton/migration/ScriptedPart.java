package dev.baton.migration;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One of the two backends, which answers what the test says and grants otherwise; both write to one log of calls. */
final class ScriptedPart implements LockBackend, EventSink {
    /** Stands for a call that fails at once. */
    static final Answer FAILED = new Answer.Refused(null, Chance.after(Duration.ofNanos(-1)));

    /** Stands for a call that is not answered until the test does. */
    static final Answer LATER = new Answer.Refused(null, Chance.after(Duration.ofNanos(-2)));

    final Deque<Answer> acquires = new ArrayDeque<>();
    final Deque<Answer> renews = new ArrayDeque<>();
    final Deque<Boolean> withdraws = new ArrayDeque<>();
    final Deque<CompletableFuture<Answer>> unanswered = new ArrayDeque<>();
    private final String name;
    private final VirtualRuntime runtime;
    private final List<String> calls;
    private final FencingToken token;
    Duration guarantee = Duration.ofSeconds(15);
    Duration budget = Duration.ofSeconds(4);

    @Nullable ElectionWatcher watcher;

    @Nullable Claim asked;

    ScriptedPart(String name, VirtualRuntime runtime, List<String> calls, FencingToken token) {
        this.name = name;
        this.runtime = runtime;
        this.calls = calls;
        this.token = token;
    }

    static Answer.Refused refused(String holder, Chance chance) {
        return new Answer.Refused(
                new Holder(holder, "nonce-of-" + holder, new FencingToken(7, 7), null, null, -1), chance);
    }

    ElectionWatcher watcher() {
        return Objects.requireNonNull(watcher, "nobody observes " + name);
    }

    Claim asked() {
        return Objects.requireNonNull(asked, "nobody asked " + name);
    }

    Answer.Granted granted() {
        return new Answer.Granted(runtime.timekeeper().now(), guarantee, token);
    }

    private CompletionStage<Answer> say(Deque<Answer> script) {
        Answer next = script.isEmpty() ? granted() : script.remove();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (next == FAILED) {
            answer.completeExceptionally(new BackendException(name + " is out of reach"));
        } else if (next == LATER) {
            unanswered.add(answer);
        } else {
            answer.complete(next);
        }
        return answer;
    }

    @Override
    public String kind() {
        return name;
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        calls.add("check " + name);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return budget;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        asked = claim;
        calls.add("acquire " + name);
        return say(acquires);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        asked = claim;
        calls.add("renew " + name);
        return say(renews);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        asked = claim;
        calls.add("withdraw " + name);
        return withdraws.isEmpty() || withdraws.remove()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new BackendException(name + " does not confirm"));
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher hears) {
        calls.add("observe " + name);
        watcher = hears;
        return () -> calls.add("unobserve " + name);
    }

    @Override
    public void accept(ElectionEvent event) {
        calls.add("event " + name + " " + event.identity());
    }

    @Override
    public void close() {
        calls.add("close " + name);
        runtime.close();
    }
}
