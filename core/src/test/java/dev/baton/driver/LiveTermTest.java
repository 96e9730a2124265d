package dev.baton.driver;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.fixture.VirtualTime;
import dev.baton.machine.Term;
import dev.baton.machine.Validity;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What the user's threads see of a term: by the clock, at every question, and never "yes" after "no". */
class LiveTermTest {
    private static final Term TERM = new Term(new Claim(ELECTION, "app-1", "nonce-1", TIMING), new FencingToken(0, 7));

    private final VirtualTime time = new VirtualTime(1);
    private final AtomicInteger expirations = new AtomicInteger();
    private final LiveTerm term = term(time);

    private LiveTerm term(Timekeeper clock) {
        Moment now = clock.now();
        return new LiveTerm(
                TERM,
                new Validity(now, now.plus(Duration.ofSeconds(10))),
                clock,
                expired -> expirations.incrementAndGet());
    }

    @Test
    void clockIsReadAtEveryQuestion() {
        assertThat(term.remainingNanos()).isEqualTo(seconds(10).toNanos());
        time.stop(seconds(10).minusNanos(1));
        assertThat(term.phase()).isEqualTo(TermPhase.ACTIVE);
        assertThat(term.remainingNanos()).isEqualTo(1);
        time.stop(Duration.ofNanos(1));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        assertThat(term.reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(term.remainingNanos()).isZero();
    }

    @Test
    void wallClockEndsItWhenTheOtherStoodStill() {
        time.suspend(seconds(10));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
    }

    @Test
    void whatWasSaidToBeOverIsNeverExtended() {
        time.stop(seconds(10));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        assertThat(term.extend(time.now().plus(seconds(10)))).isFalse();
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        assertThat(expirations).as("the loop is told once").hasValue(1);
    }

    @Test
    void whatNobodyAskedAboutMayStillBeExtended() {
        time.stop(seconds(10));
        assertThat(term.extend(time.now().plus(seconds(10)))).isTrue();
        assertThat(term.phase()).isEqualTo(TermPhase.ACTIVE);
    }

    /** Even a wall clock that steps back again. */
    @Test
    void clockThatStepsBackRevivesNothing() {
        time.suspend(seconds(10));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        time.suspend(seconds(-3600));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
    }

    @Test
    void drainingIsStillValidAndKeepsItsEnd() {
        term.drain();
        assertThat(term.phase()).isEqualTo(TermPhase.DRAINING);
        assertThat(term.extend(time.now().plus(seconds(20)))).isTrue();
        assertThat(term.phase()).isEqualTo(TermPhase.DRAINING);
        time.stop(seconds(20));
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
        term.drain();
        assertThat(term.phase()).isEqualTo(TermPhase.ENDED);
    }

    @Test
    void firstReasonToEndIsTheOneThatIsTold() {
        term.end(EndReason.LOST);
        term.end(EndReason.CLOSED);
        time.stop(seconds(10));
        assertThat(term.reason()).isEqualTo(EndReason.LOST);
        assertThat(expirations).hasValue(0);
    }

    /** Many readers, one extender, and a clock that hovers at the deadline: after an answer "no", never "yes". */
    @Test
    void onceAReaderWasToldNoNoReaderIsToldYes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 400; round++) {
                race(threads);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void race(ExecutorService threads) throws Exception {
        AtomicLong nanos = new AtomicLong();
        LiveTerm raced = term(new Hovering(nanos));
        nanos.set(seconds(10).toNanos() - 50);
        CountDownLatch begin = new CountDownLatch(1);
        AtomicReference<String> broken = new AtomicReference<>();
        AtomicInteger saidNo = new AtomicInteger();
        List<Future<?>> done = new ArrayList<>();
        for (int reader = 0; reader < 3; reader++) {
            done.add(threads.submit(() -> {
                begin.await();
                for (int i = 0; i < 200; i++) {
                    boolean noBefore = saidNo.get() > 0;
                    boolean valid = raced.phase() != TermPhase.ENDED;
                    if (valid && noBefore) {
                        broken.set("yes after no");
                    }
                    if (!valid) {
                        saidNo.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        done.add(threads.submit(() -> {
            begin.await();
            for (int i = 0; i < 200; i++) {
                Moment now = new Moment(nanos.incrementAndGet(), 0);
                boolean noBefore = saidNo.get() > 0;
                if (raced.extend(now.plusNanos(3)) && noBefore) {
                    broken.set("extended after no");
                }
            }
            return null;
        }));
        begin.countDown();
        for (Future<?> each : done) {
            each.get(2, TimeUnit.MINUTES);
        }
        assertThat(broken.get()).isNull();
    }

    /** A clock that any thread moves. */
    private record Hovering(AtomicLong nanos) implements Timekeeper {
        @Override
        public Moment now() {
            return new Moment(nanos.incrementAndGet(), -seconds(3600).toNanos());
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RandomGenerator random() {
            throw new UnsupportedOperationException();
        }
    }
}
