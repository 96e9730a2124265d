package dev.baton.resilience4j;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.test.TestBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes down what it is asked, and answers what the test says. Its time is that of a {@link TestBackend}. */
final class ScriptedBackend implements LockBackend, EventSink {
    static final Answer.Refused REFUSED = new Answer.Refused(null, Chance.after(Duration.ofSeconds(15)));

    final List<String> calls = new ArrayList<>();
    final List<Moment> deadlines = new ArrayList<>();
    private final TestBackend real;
    private CompletionStage<Answer> answer = CompletableFuture.completedFuture(REFUSED);
    private CompletionStage<Void> withdrawn = CompletableFuture.completedFuture(null);

    ScriptedBackend(TestBackend real) {
        this.real = real;
    }

    void refuses() {
        answers(CompletableFuture.completedFuture(REFUSED));
    }

    Answer.Granted grants() {
        Answer.Granted granted =
                new Answer.Granted(runtime().timekeeper().now(), Duration.ofSeconds(15), new FencingToken(0, 7));
        answers(CompletableFuture.completedFuture(granted));
        return granted;
    }

    void fails() {
        answers(CompletableFuture.failedFuture(new BackendException("503")));
    }

    void answers(CompletionStage<Answer> value) {
        answer = value;
        withdrawn = value.thenAccept(ignored -> {});
    }

    List<String> take() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private <T> CompletionStage<T> called(String call, Moment deadline, CompletionStage<T> stage) {
        calls.add(call);
        deadlines.add(deadline);
        return stage;
    }

    @Override
    public String kind() {
        return "scripted";
    }

    @Override
    public BackendRuntime runtime() {
        return real.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        calls.add("check " + election);
    }

    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        return Duration.ofMillis(42);
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return called("acquire " + claim.nonce(), deadline, answer);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return called("renew " + claim.nonce(), deadline, answer);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return called("withdraw " + claim.nonce(), deadline, withdrawn);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        calls.add("observe " + election);
        watcher.vacant();
        return () -> calls.add("closed the observation");
    }

    @Override
    public void accept(ElectionEvent event) {
        calls.add("told " + event.type());
    }

    @Override
    public void close() {
        calls.add("closed");
    }
}
