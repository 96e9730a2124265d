package dev.baton.internal.session;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendThreads;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a backend whose elections share sessions, one session for each leaseDuration, and the close of these
 * sessions. Safe for use by many threads.
 */
public final class SessionCalls {
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final BackendRuntime runtime;
    private final InlineSerialExecutor executor;
    private final Answers answers;
    private final Supplier<BackendException> closedWhy;
    private final Function<ElectionTiming, ElectionSession> made;
    private final Map<Duration, ElectionSession> sessions = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * The calls of a backend that has no session yet.
     *
     * @param late the sentence that the store did not answer a call in time, given what the call does
     * @param closedWhy the sentence that the backend is closed
     * @param made makes a session that has not started; called on the thread of a call, outside {@code executor}
     */
    public SessionCalls(
            BackendRuntime runtime,
            InlineSerialExecutor executor,
            Function<String, BackendException> late,
            Supplier<BackendException> closedWhy,
            Function<ElectionTiming, ElectionSession> made) {
        this.runtime = runtime;
        this.executor = executor;
        this.answers = new Answers(executor, runtime, late, closedWhy);
        this.closedWhy = closedWhy;
        this.made = made;
    }

    /** As {@link LockBackend#acquire}. */
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(closedWhy.get());
        }
        ElectionSession session = session(claim.timing());
        return answers.answer(
                deadline,
                () -> "acquire " + claim.election(),
                answer -> session.queued(claim).acquire(answer));
    }

    /** As {@link LockBackend#renew}. */
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return answers.answer(deadline, () -> "renew " + claim.election(), answer -> {
            ElectionSession.Queued queued = find(claim);
            if (queued == null) {
                answer.complete(new Answer.Refused(null, Chance.now()));
            } else {
                queued.renew(answer);
            }
        });
    }

    /** As {@link LockBackend#withdraw}. */
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return answers.answer(deadline, () -> "withdraw from " + claim.election(), answer -> {
            ElectionSession.Queued queued = find(claim);
            if (queued == null) {
                answer.done();
            } else {
                queued.withdraw(answer);
            }
        });
    }

    /** As {@link LockBackend#observe}. */
    public LockBackend.Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        if (closed.get()) {
            throw closedWhy.get();
        }
        ElectionSession session = session(timing);
        executor.execute(() -> session.observe(election, watcher));
        return () -> executor.execute(() -> session.unobserve(election, watcher));
    }

    /**
     * As {@link LockBackend#close}: the elections hand over, then the sessions end.
     *
     * @param thread the name of the thread that ends the sessions, which may block
     * @param unanswered runs when that has not ended within five seconds
     */
    public void close(String thread, Runnable unanswered) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // The elections hand over through this backend, so it is still at work for them.
        runtime.close();
        Thread closer = BackendThreads.daemon(thread, () -> sessions.values().forEach(ElectionSession::close));
        closer.start();
        try {
            closer.join(CLOSE_WAIT.toMillis());
            if (closer.isAlive()) {
                unanswered.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.close();
    }

    private ElectionSession.@Nullable Queued find(Claim claim) {
        ElectionSession session = sessions.get(claim.timing().leaseDuration());
        return session == null ? null : session.find(claim);
    }

    private ElectionSession session(ElectionTiming timing) {
        ElectionSession known = sessions.get(timing.leaseDuration());
        if (known != null) {
            return known;
        }
        ElectionSession session = made.apply(timing);
        ElectionSession other = sessions.putIfAbsent(timing.leaseDuration(), session);
        if (other != null) {
            return other;
        }
        try {
            session.start();
        } catch (Throwable e) {
            // The next call tries again.
            sessions.remove(timing.leaseDuration(), session);
            throw e;
        }
        if (closed.get()) {
            session.close();
        }
        return session;
    }
}
