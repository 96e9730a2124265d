package dev.baton.driver;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.event.EventSink;
import dev.baton.event.TermPhase;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.machine.CandidateConfig;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The driver carries out the machine's effects, and no fault of user code keeps it from the next effect. */
class ElectionDriverTest {
    private final VirtualTime time = new VirtualTime(1);
    private final Obedient backend = new Obedient(new VirtualRuntime(time));
    private final Recorded callbacks = new Recorded();
    private final List<ElectionEvent> events = new ArrayList<>();
    private final CandidateConfig config =
            new CandidateConfig(ELECTION, "app-1", "aaaaaaaa-bbbb-4ccc-8ddd-", TIMING, seconds(10), Duration.ZERO);

    private ElectionDriver started(EventSink sink) {
        ElectionDriver driver = new ElectionDriver(config, backend, callbacks, sink);
        driver.start();
        time.settle();
        return driver;
    }

    private ElectionDriver started() {
        return started(events::add);
    }

    private LiveTerm term(ElectionDriver driver) {
        return Objects.requireNonNull(driver.status().term(), "a term");
    }

    @Test
    void firstEventIsThatItStarted() {
        started();
        assertThat(events.get(0).type()).isEqualTo(Type.STARTED);
    }

    /** Its sender calls and answers at once, before the loop runs its tasks. */
    @Test
    void firstEventIsThatItStartedHoweverSoonTheStoreIsHeard() {
        BackendRuntime prompt = new VirtualRuntime(time) {
            @Override
            public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
                return call.get();
            }
        };
        new ElectionDriver(config, new Obedient(prompt), callbacks, events::add).start();
        time.settle();
        assertThat(events).extracting(ElectionEvent::type).startsWith(Type.STARTED, Type.WATCHING);
    }

    @Test
    void leadsRenewsAndHandsOver() {
        ElectionDriver driver = started();
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
        time.advance(seconds(60));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
        driver.close();
        time.settle();
        assertThat(driver.stopped().toCompletableFuture()).isDone();
        assertThat(term(driver).reason()).isEqualTo(EndReason.CLOSED);
        assertThat(callbacks.calls).containsExactly("start", "draining CLOSED", "stop CLOSED", "ended CLOSED");
        assertThat(backend.calls).endsWith("renew", "withdraw", "unobserve");
        assertThat(time.waiting()).as("nothing is left on the loop").isZero();
    }

    /** The work asks, at the very end of its term, before the loop has come to notice. */
    @Test
    void answerOfNoIsFinalEvenWhenARenewalWasUnderWay() {
        ElectionDriver driver = started();
        backend.answers = false;
        time.advance(seconds(2));
        assertThat(backend.calls).endsWith("renew");
        Moment sentAt = time.now();
        time.stop(seconds(8));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ENDED);
        backend.grantHeld(sentAt);
        time.settle();
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ENDED);
        assertThat(callbacks.calls).contains("ended EXPIRED");
    }

    /** The machine was asked before the deadline, a reader after it; the extension comes too late. */
    @Test
    void readerThatSawTheEndBeforeTheExtensionEndsTheTermInTheMachineToo() {
        ElectionDriver driver = started();
        LiveTerm term = term(driver);
        time.suspend(seconds(13));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        time.suspend(seconds(-13));
        time.advance(seconds(1));
        assertThat(events).extracting(ElectionEvent::type).contains(Type.TERM_ENDED);
        assertThat(callbacks.calls).contains("ended EXPIRED");
    }

    @Test
    void sinkThatThrowsDisturbsNothing() {
        ElectionDriver driver = started(event -> {
            throw new IllegalStateException("full");
        });
        time.advance(seconds(30));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
    }

    @Test
    void sinkThatFailsWithAnErrorDisturbsNothing() {
        ElectionDriver driver = started(event -> {
            throw new NoClassDefFoundError("a missing class");
        });
        time.advance(seconds(30));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
    }

    @Test
    void sinkThatThrowsKeepsNothingFromTheNext() {
        EventSink broken = event -> {
            throw new IllegalStateException("full");
        };
        started(broken.and(events::add));
        assertThat(events).extracting(ElectionEvent::type).contains(Type.STARTED, Type.TERM_STARTED);
    }

    @Test
    void backendThatThrowsAnswersNullOrFailsIsAskedAgain() {
        backend.failures.add(() -> {
            throw new IllegalStateException("a defect");
        });
        backend.failures.add(() -> CompletableFuture.completedFuture(null));
        backend.failures.add(() -> CompletableFuture.failedFuture(new dev.baton.spi.BackendException("no route")));
        ElectionDriver driver = started();
        time.advance(seconds(1));
        assertThat(driver.status().trouble()).contains("a defect");
        time.advance(seconds(2));
        time.advance(seconds(60));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
        assertThat(driver.status().trouble()).isNull();
        assertThat(events)
                .filteredOn(event -> event.type() == Type.UNREACHABLE)
                .extracting(ElectionEvent::detail)
                .hasSize(3)
                .contains("no route");
    }

    @Test
    void classThatABackendLacksIsNamed() {
        backend.failures.add(() -> CompletableFuture.failedFuture(new NoClassDefFoundError("io/grpc/NameResolver")));
        ElectionDriver driver = started();
        time.advance(seconds(1));
        assertThat(driver.status().trouble())
                .startsWith("NoClassDefFoundError: io.grpc.NameResolver is missing")
                .contains("mvn dependency:tree");
    }

    /** The driver has the last word on time (rule 7.1 is the backend's, and this one breaks it). */
    @Test
    void acquireThatIsNeverAnsweredIsUnknownAndTheNextIsMade() {
        backend.answers = false;
        ElectionDriver driver = started();
        time.advance(seconds(8));
        assertThat(driver.status().trouble()).contains("has not answered an acquire");
        assertThat(backend.calls).contains("withdraw");
        backend.answers = true;
        time.advance(seconds(60));
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
        assertThat(driver.status().trouble()).isNull();
    }

    @Test
    void renewalThatIsNeverAnsweredIsUnknownAndTheNextKeepsTheTerm() {
        ElectionDriver driver = started();
        backend.answers = false;
        time.advance(seconds(3));
        backend.answers = true;
        LiveTerm term = term(driver);
        time.advance(seconds(60));
        assertThat(term.phase())
                .as("5 s for an answer and a retryPeriod, and another try in time")
                .isEqualTo(TermPhase.ACTIVE);
        assertThat(events)
                .extracting(ElectionEvent::detail)
                .anyMatch(detail -> detail != null && detail.contains("did not answer renew"));
    }

    @Test
    void withdrawalThatIsNeverAnsweredIsMadeAgain() {
        ElectionDriver driver = started();
        backend.withdraws = false;
        driver.close();
        time.advance(seconds(30));
        assertThat(driver.stopped().toCompletableFuture()).isNotDone();
        assertThat(driver.status().trouble()).contains("did not answer withdraw");
        backend.withdraws = true;
        time.advance(seconds(60));
        assertThat(driver.stopped().toCompletableFuture()).isDone();
    }

    /** Rule 3.2: given up, withdrawn according to the backend, and granted then. */
    @Test
    void rule3_2_grantThatComesAfterItsCallWasGivenUpIsWithdrawn() {
        backend.answers = false;
        ElectionDriver driver = started();
        time.advance(seconds(8));
        driver.close();
        time.advance(seconds(60));
        assertThat(driver.stopped().toCompletableFuture()).isDone();
        long withdrawals = backend.calls.stream().filter("withdraw"::equals).count();
        backend.withdraws = false;
        backend.grantHeld(time.now());
        time.advance(seconds(60));
        backend.withdraws = true;
        time.advance(seconds(60));
        long more = backend.calls.stream().filter("withdraw"::equals).count() - withdrawals;
        assertThat(more).as("again until it is confirmed").isGreaterThanOrEqualTo(2);
        time.advance(seconds(600));
        assertThat(backend.calls.stream().filter("withdraw"::equals).count() - withdrawals)
                .as("and then no more")
                .isEqualTo(more);
        assertThat(driver.status().term()).isNull();
    }

    /** It waits for the sender all the while, and would overtake what came of its being given up (rule 1.2). */
    @Test
    void rule1_2_callThatNeverLeftIsNotMadeOnceItWasGivenUp() {
        List<Runnable> queued = new ArrayList<>();
        boolean[] holds = {true};
        BackendRuntime slow = new VirtualRuntime(time) {
            @Override
            public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
                if (!holds[0]) {
                    return super.send(priority, deadline, call);
                }
                CompletableFuture<T> answer = new CompletableFuture<>();
                queued.add(() -> call.get().whenComplete((value, failure) -> answer.complete(value)));
                return answer;
            }
        };
        Obedient late = new Obedient(slow);
        new ElectionDriver(config, late, callbacks, events::add).start();
        time.advance(seconds(8));
        holds[0] = false;
        queued.forEach(Runnable::run);
        assertThat(late.calls).doesNotContain("acquire");
    }

    /** What the user's threads could not be had for must not stop the clock. */
    @Test
    void callbacksThatThrowDoNotStopRenewals() {
        callbacks.startThrows = true;
        ElectionDriver driver = started();
        assertThat(term(driver).phase()).isEqualTo(TermPhase.ACTIVE);
        callbacks.startThrows = false;
        time.advance(seconds(60));
        assertThat(events)
                .extracting(ElectionEvent::reason)
                .as("the first term is given up")
                .contains(EndReason.START_FAILED);
        assertThat(callbacks.calls).as("and another begins").contains("start");
    }

    @Test
    void interruptThatThrowsDoesNotStopTheClock() {
        ElectionDriver driver = started();
        callbacks.stubborn = true;
        driver.stepDown();
        time.advance(seconds(12));
        assertThat(callbacks.calls).contains("ended DRAIN_TIMED_OUT");
    }

    /** A backend that grants every acquire, unless the test holds it. */
    private static final class Obedient implements LockBackend {
        private interface Failure {
            @Nullable CompletionStage<Answer> fail();
        }

        final List<String> calls = new ArrayList<>();
        final List<Failure> failures = new ArrayList<>();
        private final List<CompletableFuture<Answer>> held = new ArrayList<>();
        private final BackendRuntime runtime;
        private long tokens;
        private boolean answers = true;
        private boolean withdraws = true;

        Obedient(BackendRuntime runtime) {
            this.runtime = runtime;
        }

        void grantHeld(Moment sentAt) {
            held.forEach(answer -> answer.complete(new Answer.Granted(sentAt, seconds(15), token())));
            held.clear();
        }

        private FencingToken token() {
            return new FencingToken(0, tokens);
        }

        @Override
        public String kind() {
            return "obedient";
        }

        @Override
        public BackendRuntime runtime() {
            return runtime;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            calls.add("acquire");
            if (!failures.isEmpty()) {
                CompletionStage<Answer> failure = failures.remove(0).fail();
                return Objects.requireNonNull(failure);
            }
            tokens++;
            return answer();
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            calls.add("renew");
            return answer();
        }

        private CompletionStage<Answer> answer() {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            held.add(answer);
            if (answers) {
                grantHeld(runtime.timekeeper().now());
            }
            return answer;
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            calls.add("withdraw");
            return withdraws ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            calls.add("observe");
            watcher.watching(true);
            return () -> calls.add("unobserve");
        }

        @Override
        public void close() {
            runtime.close();
        }
    }

    /** Work that runs until it is asked to stop. */
    private final class Recorded implements TermCallbacks {
        final List<String> calls = new ArrayList<>();
        private boolean startThrows;
        private boolean begun;
        private boolean stubborn;
        private @Nullable WorkReport running;

        @Override
        public void start(LiveTerm term, WorkReport report) {
            running = report;
            if (startThrows) {
                throw new IllegalStateException("no more threads");
            }
            calls.add("start");
            begun = true;
            time.execute(report::began);
        }

        @Override
        public void interrupt(LiveTerm term) {
            calls.add("interrupt");
            if (stubborn) {
                stubborn = false;
                throw new IllegalStateException("no such thread");
            }
            WorkReport report = running;
            if (begun) {
                returns();
            } else if (report != null) {
                time.execute(() -> report.cancelled("it never began"));
            }
        }

        @Override
        public void stop(LiveTerm term, EndReason reason, WorkReport report) {
            calls.add("stop " + reason);
            time.execute(report::stopped);
        }

        @Override
        public void draining(LiveTerm term, EndReason reason) {
            calls.add("draining " + reason);
            if (begun && !stubborn) {
                returns();
            }
        }

        @Override
        public void ended(LiveTerm term, EndReason reason) {
            calls.add("ended " + reason);
        }

        @Override
        public void leaderChanged(@Nullable Holder holder) {}

        private void returns() {
            WorkReport report = running;
            running = null;
            if (report != null) {
                time.execute(() -> report.returned(null));
            }
        }
    }
}
