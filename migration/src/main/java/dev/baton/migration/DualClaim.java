package dev.baton.migration;

import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One claim on both stores, confined to the loop.
 *
 * <p>On each store it has a name of its own for each round: a released claim is not acquired again under the same name
 * (rule 4.4).
 */
final class DualClaim {
    /** The longest pause, as a multiple of the first: a longer one would delay a failover. */
    private static final int MOST_ROUNDS_DOUBLED = 2;

    private static final long RACE_NANOS = 5_000_000;

    /** The state of a round. */
    private enum Stage {
        /** No call is in flight; the claim may be in the old store's line. */
        WAITING,
        /** The claim is being acquired or released. */
        MOVING,
        /** Both stores have granted the claim. */
        HELD
    }

    private final DualBackend two;
    private final Claim claim;
    private Claim part;
    private int round;
    private Stage stage = Stage.WAITING;
    private boolean owedOnOld;
    private boolean owedOnNext;
    private boolean giving;
    private @Nullable FencingToken token;
    private @Nullable Moment restsUntil;
    private Throwable trouble = new BackendException("no request was sent yet");

    DualClaim(DualBackend two, Claim claim) {
        this.two = two;
        this.claim = claim;
        this.part = claim;
    }

    /** The claim as the candidate knows it. */
    Claim claim() {
        return claim;
    }

    /** The claim under its name of this round, as both stores know it. */
    Claim part() {
        return part;
    }

    /** Whether the claim is being acquired or released, so that what the stores show of it will change. */
    boolean isMoving() {
        return stage == Stage.MOVING;
    }

    /** Whether the claim is being released, so that its disappearance is not a loss. */
    boolean isGivingBack() {
        return giving;
    }

    // -- acquire: old, then new -----------------------------------------------------------------------------------

    void acquire(Moment deadline, CompletableFuture<Answer> answer) {
        if (!owedOnNext) {
            acquireUnlessResting(deadline, answer);
            return;
        }
        giveBack(deadline, failure -> {
            if (failure == null) {
                acquireUnlessResting(deadline, answer);
            } else {
                fail(answer, failure);
            }
        });
    }

    /**
     * Acquires, or fails during a pause: hints must not make a candidate that cannot reach the new store acquire the
     * old one again and again.
     */
    private void acquireUnlessResting(Moment deadline, CompletableFuture<Answer> answer) {
        if (restsUntil != null && now().isBefore(restsUntil)) {
            answer.completeExceptionally(trouble);
        } else {
            acquireOld(deadline, answer);
        }
    }

    private void acquireOld(Moment deadline, CompletableFuture<Answer> answer) {
        stage = Stage.MOVING;
        owedOnOld = true;
        two.old().<Answer>call(backend -> backend.acquire(part, deadline), (said, failure) -> {
            if (said instanceof Answer.Granted granted) {
                Moment now = now();
                long patience = Math.min(retryNanos(), Math.max(1, deadline.nanosSince(now) / 2));
                acquireNext(granted, now.plusNanos(patience), deadline, answer);
            } else if (said instanceof Answer.Refused refused) {
                stage = Stage.WAITING;
                answer.complete(new Answer.Refused(two.onOldOnly(refused.holder()), refused.chance()));
            } else {
                fail(answer, failure);
            }
        });
    }

    /** Acquires the new store, while it holds the old one no longer than {@code until}. */
    private void acquireNext(Answer.Granted old, Moment until, Moment deadline, CompletableFuture<Answer> answer) {
        owedOnNext = true;
        two.next().<Answer>call(backend -> backend.acquire(part, until), (said, failure) -> {
            if (said instanceof Answer.Granted granted) {
                join(old, granted, deadline, answer);
            } else if (said instanceof Answer.Refused refused) {
                long wait = refused.chance().nanos() + 1 + random(RACE_NANOS);
                if (now().plusNanos(wait).isBefore(until)) {
                    two.loop().schedule(Duration.ofNanos(wait), () -> acquireNext(old, until, deadline, answer));
                } else {
                    leave(refused, deadline, answer);
                }
            } else {
                failAndRest(failure, deadline, answer);
            }
        });
    }

    private void join(Answer.Granted old, Answer.Granted next, Moment deadline, CompletableFuture<Answer> answer) {
        if (next.token().epoch() <= old.token().epoch()) {
            failAndRest(
                    new BackendException(two.next().backend().kind() + " grants tokens of epoch "
                            + next.token().epoch() + " and "
                            + two.old().backend().kind() + " of epoch "
                            + old.token().epoch()
                            + ", so that tokens would go back when the fleet moves on; open the new"
                            + " backend with epoch " + old.token().nextEpoch()),
                    deadline,
                    answer);
            return;
        }
        FencingToken ours = Objects.requireNonNull(DualGrant.token(old.token(), next.token(), two.raiseFrom()));
        token = ours;
        stage = Stage.HELD;
        answer.complete(DualGrant.of(old, next, claim.timing(), ours));
        two.retell(claim.election());
    }

    /** Another candidate holds the new store for longer than this one may keep the old one. */
    private void leave(Answer.Refused refused, Moment deadline, CompletableFuture<Answer> answer) {
        Chance pause = two.chanceOnNext(refused.chance(), claim.timing()).orLater(Chance.after(backoff()));
        giveBack(deadline, failure -> {
            if (failure == null) {
                answer.complete(new Answer.Refused(two.onNextOnly(refused.holder()), pause));
            } else {
                fail(answer, failure);
            }
        });
    }

    private void failAndRest(@Nullable Throwable why, Moment deadline, CompletableFuture<Answer> answer) {
        trouble = why == null ? new BackendException("no answer") : why;
        restsUntil = now().plus(backoff());
        giveBack(deadline, failure -> fail(answer, trouble));
    }

    private void fail(CompletableFuture<Answer> answer, @Nullable Throwable failure) {
        stage = Stage.WAITING;
        answer.completeExceptionally(failure == null ? new BackendException("no answer") : failure);
        // The watch did not report the claim's own writes while the call was in flight.
        two.retell(claim.election());
    }

    // -- renew: both ----------------------------------------------------------------------------------------------

    void renew(Moment deadline, CompletableFuture<Answer> answer) {
        FencingToken kept = token;
        if (stage != Stage.HELD || kept == null) {
            answer.complete(new Answer.Refused(null, Chance.now()));
            return;
        }
        Renewal renewal = new Renewal(kept, answer);
        two.old().<Answer>call(backend -> backend.renew(part, deadline), renewal::oldSaid);
        two.next().<Answer>call(backend -> backend.renew(part, deadline), renewal::nextSaid);
    }

    /**
     * Waits for both answers, because no other call may be made before (rule 1.2); reports a loss as soon as either
     * answers with one.
     */
    private final class Renewal {
        private final FencingToken kept;
        private final CompletableFuture<Answer> answer;
        private @Nullable Answer old;
        private @Nullable Answer next;
        private @Nullable Throwable failure;
        private boolean half;

        Renewal(FencingToken kept, CompletableFuture<Answer> answer) {
            this.kept = kept;
            this.answer = answer;
        }

        void oldSaid(@Nullable Answer said, @Nullable Throwable failed) {
            old = said;
            heard(two.old(), said, failed);
        }

        void nextSaid(@Nullable Answer said, @Nullable Throwable failed) {
            next = said;
            heard(two.next(), said, failed);
        }

        private void heard(Side by, @Nullable Answer said, @Nullable Throwable failed) {
            failure = said == null && failure == null ? failed : failure;
            if (said instanceof Answer.Refused && !half) {
                two.tellLost(claim, by.backend().kind() + " refused to renew it");
            }
            if (half) {
                conclude();
            }
            half = true;
        }

        private void conclude() {
            if (old instanceof Answer.Refused refused) {
                answer.complete(new Answer.Refused(two.onOldOnly(refused.holder()), refused.chance()));
            } else if (next instanceof Answer.Refused refused) {
                answer.complete(new Answer.Refused(two.onNextOnly(refused.holder()), refused.chance()));
            } else if (old instanceof Answer.Granted one && next instanceof Answer.Granted other) {
                answer.complete(DualGrant.of(one, other, claim.timing(), kept));
            } else {
                answer.completeExceptionally(failure == null ? new BackendException("no answer") : failure);
            }
        }
    }

    // -- withdraw: new, then old ----------------------------------------------------------------------------------

    void withdraw(Moment deadline, CompletableFuture<Void> answer) {
        giveBack(deadline, failure -> {
            if (failure == null) {
                two.forget(this);
                answer.complete(null);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }

    private interface Given {
        void back(@Nullable Throwable failure);
    }

    /** Releases both, and begins a new round when both stores have confirmed. */
    private void giveBack(Moment deadline, Given then) {
        stage = Stage.MOVING;
        giving = true;
        giveBackNext(
                deadline,
                onNext -> giveBackOld(deadline, onOld -> {
                    giving = false;
                    stage = Stage.WAITING;
                    Throwable failure = onNext != null ? onNext : onOld;
                    if (failure == null) {
                        round++;
                        token = null;
                        part = two.renamed(this, round);
                    }
                    then.back(failure);
                    two.retell(claim.election());
                }));
    }

    private void giveBackNext(Moment deadline, Given then) {
        if (!owedOnNext) {
            then.back(null);
            return;
        }
        Moment now = now();
        // A new store that does not answer must not delay the release of the old one.
        Moment half = now.plusNanos(Math.max(1, deadline.nanosSince(now) / 2));
        two.next().<Void>call(backend -> backend.withdraw(part, half), (done, failure) -> {
            owedOnNext = failure != null;
            then.back(failure);
        });
    }

    private void giveBackOld(Moment deadline, Given then) {
        if (!owedOnOld) {
            then.back(null);
            return;
        }
        two.old().<Void>call(backend -> backend.withdraw(part, deadline), (done, failure) -> {
            owedOnOld = failure != null;
            then.back(failure);
        });
    }

    // -- time -----------------------------------------------------------------------------------------------------

    private Moment now() {
        return two.loop().now();
    }

    private long retryNanos() {
        return claim.timing().retryPeriod().toNanos();
    }

    private long random(long bound) {
        return two.loop().random().nextLong(Math.max(1, bound));
    }

    /** A random half to whole retryPeriod, doubled per failed round. */
    private Duration backoff() {
        long most = retryNanos() << Math.min(round, MOST_ROUNDS_DOUBLED);
        return Duration.ofNanos(most / 2 + random(most / 2));
    }
}
