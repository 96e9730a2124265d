package dev.baton.register;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One process of a test: a register backend on a scripted register, all in virtual time. */
final class OneProcess {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    final VirtualTime time;
    final ScriptedRegister register;
    final RegisterBackend backend;
    private final String name;
    private int claims;

    OneProcess(String name, Store store, VirtualTime time, boolean watches) {
        this.name = name;
        this.time = time;
        VirtualRuntime runtime = new VirtualRuntime(time);
        this.register = new ScriptedRegister(store, runtime, watches);
        this.backend = new RegisterBackend(register, 0);
    }

    Claim claim(String identity) {
        return claim(identity, TIMING);
    }

    Claim claim(String identity, ElectionTiming timing) {
        return new Claim(ELECTION, identity, name + "-" + ++claims, timing);
    }

    CompletableFuture<Answer> asking(Claim claim) {
        return settled(backend.acquire(claim, time.now().plus(DEADLINE)));
    }

    CompletableFuture<Answer> renewing(Claim claim) {
        return settled(backend.renew(claim, time.now().plus(DEADLINE)));
    }

    CompletableFuture<Void> withdrawing(Claim claim) {
        return settled(backend.withdraw(claim, time.now().plus(DEADLINE)));
    }

    private <T> CompletableFuture<T> settled(CompletionStage<T> stage) {
        time.settle();
        return stage.toCompletableFuture();
    }

    Answer acquire(Claim claim) {
        return done(asking(claim));
    }

    Answer renew(Claim claim) {
        return done(renewing(claim));
    }

    void withdraw(Claim claim) {
        done(withdrawing(claim));
    }

    Answer.Granted granted(Claim claim) {
        Answer answer = acquire(claim);
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return (Answer.Granted) answer;
    }

    Answer.Refused refused(Claim claim) {
        Answer answer = acquire(claim);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return (Answer.Refused) answer;
    }

    static <T> T done(CompletableFuture<T> answer) {
        assertThat(answer).as("an answer").isDone();
        return answer.join();
    }

    /** Why the stage failed, in the words of the backend. */
    static String failure(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        try {
            answer.join();
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            return cause == null ? "" : String.valueOf(cause.getMessage());
        }
    }

    /** What the register was asked since the last look. */
    List<String> calls() {
        List<String> calls = List.copyOf(register.calls);
        register.calls.clear();
        return calls;
    }

    Ear listen() {
        Ear ear = new Ear();
        ear.observation = backend.observe(ELECTION, dev.baton.spi.ElectionTiming.DEFAULT, ear);
        time.settle();
        return ear;
    }

    /** Records the calls that it receives. */
    static final class Ear implements ElectionWatcher {
        final List<String> heard = new ArrayList<>();
        dev.baton.spi.LockBackend.@Nullable Observation observation;

        List<String> take() {
            List<String> taken = List.copyOf(heard);
            heard.clear();
            return taken;
        }

        @Override
        public void watching(boolean live) {
            heard.add("watching " + live);
        }

        @Override
        public void held(Holder holder, Chance chance) {
            heard.add("held by " + holder.identity() + " for " + chance);
        }

        @Override
        public void vacant() {
            heard.add("vacant");
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            heard.add("yourTurn " + claim.identity());
        }

        @Override
        public void lost(Claim claim, String how) {
            heard.add("lost " + claim.identity());
        }
    }
}
