package dev.baton.simulation;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.EndReason;
import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The mistakes behind the names in {@link Mutant}. */
public final class Mutants {
    private Mutants() {}

    static LeaderRecord emptied(LeaderRecord record) {
        return new LeaderRecord(
                "", "", Duration.ofSeconds(1), record.acquireTime(), record.renewTime(), record.transitions());
    }

    /** A timeout for what would otherwise keep a rule that is not in question. */
    static <T> CompletionStage<T> within(Moment deadline, Timekeeper time, CompletionStage<T> slow) {
        CompletableFuture<T> bounded = new CompletableFuture<>();
        slow.whenComplete((value, failure) -> {
            if (failure != null) {
                bounded.completeExceptionally(failure);
            } else {
                bounded.complete(value);
            }
        });
        time.schedule(
                Duration.ofNanos(Math.max(1, deadline.nanosSince(time.now()))),
                () -> bounded.completeExceptionally(new BackendException("no answer in time")));
        return bounded;
    }

    // -- backends -------------------------------------------------------------------------------------------------

    /** A backend that tells other times than those at which it sent. */
    abstract static class Stamping extends ForwardingBackend {
        Stamping(LockBackend right) {
            super(right);
        }

        abstract Moment stamp(Moment sentAt);

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(this::stamped);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return super.renew(claim, deadline).thenApply(this::stamped);
        }

        private Answer stamped(Answer answer) {
            return answer instanceof Answer.Granted granted
                    ? new Answer.Granted(stamp(granted.sentAt()), granted.guaranteedFor(), granted.token())
                    : answer;
        }
    }

    public static final class ValidityFromReceipt extends Stamping {
        public ValidityFromReceipt(LockBackend right) {
            super(right);
        }

        @Override
        Moment stamp(Moment sentAt) {
            return runtime().timekeeper().now();
        }
    }

    static final class MonotonicClockOnly extends Stamping {
        private static final long NEVER = Duration.ofDays(1).toNanos();

        MonotonicClockOnly(LockBackend right) {
            super(right);
        }

        @Override
        Moment stamp(Moment sentAt) {
            return new Moment(sentAt.nanos(), sentAt.wallNanos() + NEVER);
        }
    }

    public static final class WithdrawWithoutRecheck extends ForwardingBackend {
        private final Register register;

        public WithdrawWithoutRecheck(LockBackend right, Register register) {
            super(right);
            this.register = register;
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            CompletionStage<Void> done = register.read(claim.election())
                    .thenCompose(found -> {
                        Register.Entry entry = found.orElse(null);
                        return entry == null || entry.record().isFree()
                                ? CompletableFuture.completedFuture(entry)
                                : register.write(claim.election(), entry, emptied(entry.record()));
                    })
                    .thenAccept(entry -> {});
            return within(deadline, runtime().timekeeper(), done);
        }
    }

    public static final class AcquireLeftBehind extends ForwardingBackend {
        private final Set<String> granted = new HashSet<>();

        public AcquireLeftBehind(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                if (answer instanceof Answer.Granted) {
                    granted.add(claim.nonce());
                }
                return answer;
            });
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return granted.contains(claim.nonce())
                    ? super.withdraw(claim, deadline)
                    : CompletableFuture.completedFuture(null);
        }
    }

    static final class TokenFromClock extends ForwardingBackend {
        private final Node node;
        private final Map<String, FencingToken> tokens = new HashMap<>();

        TokenFromClock(LockBackend right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                tokens.put(claim.nonce(), new FencingToken(0, node.now().wallNanos()));
                return told(claim, answer);
            });
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return super.renew(claim, deadline).thenApply(answer -> told(claim, answer));
        }

        private Answer told(Claim claim, Answer answer) {
            return answer instanceof Answer.Granted granted
                    ? new Answer.Granted(
                            granted.sentAt(),
                            granted.guaranteedFor(),
                            tokens.getOrDefault(claim.nonce(), granted.token()))
                    : answer;
        }
    }

    static final class RenewRecreatesDeleted extends ForwardingBackend {
        private final Register register;
        private final Map<String, FencingToken> tokens = new HashMap<>();

        RenewRecreatesDeleted(LockBackend right, Register register) {
            super(right);
            this.register = register;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                if (answer instanceof Answer.Granted granted) {
                    tokens.put(claim.nonce(), granted.token());
                }
                return answer;
            });
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            FencingToken token = tokens.get(claim.nonce());
            return super.renew(claim, deadline)
                    .thenCompose(answer -> answer instanceof Answer.Refused && token != null
                            ? within(deadline, runtime().timekeeper(), again(claim, token, answer))
                            : CompletableFuture.completedFuture(answer));
        }

        private CompletionStage<Answer> again(Claim claim, FencingToken token, Answer refused) {
            Moment sentAt = runtime().timekeeper().now();
            Instant wall = sentAt.wall();
            LeaderRecord record = new LeaderRecord(
                    claim.identity(), claim.nonce(), claim.timing().leaseDuration(), wall, wall, 0);
            return register.read(claim.election())
                    .thenCompose(found -> found.isPresent()
                            ? CompletableFuture.completedFuture(refused)
                            : register.write(claim.election(), null, record)
                                    .thenApply(entry -> new Answer.Granted(
                                            sentAt, claim.timing().leaseDuration(), token)));
        }
    }

    static final class RenewalFailureIgnored extends ForwardingBackend {
        private final Map<String, FencingToken> tokens = new HashMap<>();

        RenewalFailureIgnored(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            Moment sentAt = runtime().timekeeper().now();
            return super.renew(claim, deadline).handle((answer, failure) -> {
                if (answer instanceof Answer.Granted granted) {
                    tokens.put(claim.nonce(), granted.token());
                }
                FencingToken token = tokens.get(claim.nonce());
                if (answer != null) {
                    return answer;
                }
                if (token == null) {
                    throw new CompletionException(failure);
                }
                return new Answer.Granted(sentAt, claim.timing().leaseDuration(), token);
            });
        }
    }

    // -- registers ------------------------------------------------------------------------------------------------

    /** A client that sees other records than there are. */
    public abstract static class Squinting extends ForwardingRegister {
        public Squinting(Register right) {
            super(right);
        }

        protected abstract LeaderRecord seen(LeaderRecord record);

        private Entry seen(Entry entry) {
            return entry.record().isFree() ? entry : new Entry(seen(entry.record()), entry.revision(), entry.raw());
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            Function<Optional<Entry>, Optional<Entry>> squint = found -> found.map(this::seen);
            return super.read(election).thenApply(squint);
        }

        @Override
        public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
            return super.watch(election, new RegisterWatcher() {
                @Override
                public void live(boolean live) {
                    watcher.live(live);
                }

                @Override
                public void changed(@Nullable Entry entry, long revision) {
                    watcher.changed(entry == null ? null : seen(entry), revision);
                }
            });
        }
    }

    static final class TakeoverByRenewTime extends Squinting {
        private final Node node;

        TakeoverByRenewTime(Register right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        protected LeaderRecord seen(LeaderRecord record) {
            Instant lapses = record.renewTime().plus(record.leaseDuration());
            boolean others = !node.wrote(record.nonce());
            return others && lapses.isBefore(node.now().wall()) ? emptied(record) : record;
        }
    }

    static final class TakeoverByOwnDuration extends Squinting {
        private final Node node;

        TakeoverByOwnDuration(Register right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        protected LeaderRecord seen(LeaderRecord record) {
            return new LeaderRecord(
                    record.holderIdentity(),
                    record.nonce(),
                    node.config().timing().leaseDuration(),
                    record.acquireTime(),
                    record.renewTime(),
                    record.transitions());
        }
    }

    public static final class IdentityInsteadOfNonce extends Squinting {
        private @Nullable Claim claim;

        public IdentityInsteadOfNonce(Register right) {
            super(right);
        }

        @Override
        protected LeaderRecord seen(LeaderRecord record) {
            if (claim == null || !claim.identity().equals(record.holderIdentity())) {
                return record;
            }
            return new LeaderRecord(
                    record.holderIdentity(),
                    claim.nonce(),
                    record.leaseDuration(),
                    record.acquireTime(),
                    record.renewTime(),
                    record.transitions());
        }

        /** Remembers whom to mistake others for. */
        public static final class Claims extends ForwardingBackend {
            private final IdentityInsteadOfNonce register;

            public Claims(LockBackend right, IdentityInsteadOfNonce register) {
                super(right);
                this.register = register;
            }

            @Override
            public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                register.claim = claim;
                return super.acquire(claim, deadline);
            }
        }
    }

    public static final class ConflictTakenForSuccess extends ForwardingRegister {
        public ConflictTakenForSuccess(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            long revision = expected == null ? 1 : expected.revision() + 1;
            return super.write(election, expected, next).exceptionally(failure -> {
                if (failure instanceof ConflictException || failure.getCause() instanceof ConflictException) {
                    return new Entry(next, revision, null);
                }
                throw new CompletionException(failure);
            });
        }
    }

    static final class StrayAnswerTakenForGone extends ForwardingRegister {
        StrayAnswerTakenForGone(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return super.read(election).exceptionally(failure -> {
                if (String.valueOf(failure.getMessage()).contains(SimulatedRegister.NOT_OURS)) {
                    return Optional.empty();
                }
                throw new CompletionException(failure);
            });
        }
    }

    /** Takes a record for none that it may not read. */
    static final class DeniedReadTakenForAbsence extends ForwardingRegister {
        DeniedReadTakenForAbsence(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return super.read(election).exceptionally(failure -> {
                if (isDenied(failure)) {
                    return Optional.empty();
                }
                throw new CompletionException(failure);
            });
        }

        static boolean isDenied(Throwable failure) {
            return String.valueOf(failure.getMessage()).contains(SimulatedRegister.FORBIDDEN);
        }
    }

    /** Does not read again what it once might not read. */
    static final class DeniedReadNotAskedAgain extends ForwardingRegister {
        private boolean denied;

        DeniedReadNotAskedAgain(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            if (denied) {
                return CompletableFuture.failedFuture(new BackendException(SimulatedRegister.FORBIDDEN));
            }
            return super.read(election)
                    .whenComplete((found, failure) ->
                            denied |= failure != null && DeniedReadTakenForAbsence.isDenied(failure));
        }
    }

    public static final class RefusalOwed extends ForwardingRegister {
        public RefusalOwed(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.write(election, expected, next).exceptionally(failure -> {
                throw failure instanceof BackendException said && said.isNotWritten()
                        ? new BackendException("refused")
                        : new CompletionException(failure);
            });
        }
    }

    // -- callbacks ------------------------------------------------------------------------------------------------

    /** Callbacks whose reports are made too soon. */
    abstract static class Hasty implements TermCallbacks {
        private final TermCallbacks right;

        Hasty(TermCallbacks right) {
            this.right = right;
        }

        @Override
        public void start(LiveTerm term, WorkReport report) {
            right.start(term, report);
        }

        @Override
        public void interrupt(LiveTerm term) {
            right.interrupt(term);
        }

        @Override
        public void stop(LiveTerm term, EndReason reason, WorkReport report) {
            right.stop(term, reason, report);
        }

        @Override
        public void draining(LiveTerm term, EndReason reason) {
            right.draining(term, reason);
        }

        @Override
        public void ended(LiveTerm term, EndReason reason) {
            right.ended(term, reason);
        }

        @Override
        public void leaderChanged(@Nullable Holder holder) {
            right.leaderChanged(holder);
        }
    }

    /** Reports, each at most once. */
    private static final class Once implements TermCallbacks.WorkReport {
        private final TermCallbacks.WorkReport right;
        private boolean begun;
        private boolean returned;
        private boolean stopped;

        Once(TermCallbacks.WorkReport right) {
            this.right = right;
        }

        @Override
        public void began() {
            begun = true;
            right.began();
        }

        @Override
        public void returned(@Nullable Throwable failure) {
            if (!returned) {
                returned = true;
                right.returned(failure);
            }
        }

        @Override
        public void cancelled(String why) {
            right.cancelled(why);
        }

        @Override
        public void stopped() {
            if (!stopped) {
                stopped = true;
                right.stopped();
            }
        }
    }

    /** Also skips onStoppedLeading of such work, so that nothing but the hand-over gives it away. */
    static final class ReleaseBeforeWorkReturned extends Hasty {
        private @Nullable Once report;
        private boolean early;

        ReleaseBeforeWorkReturned(TermCallbacks right) {
            super(right);
        }

        @Override
        public void start(LiveTerm term, WorkReport right) {
            early = false;
            report = new Once(right);
            super.start(term, report);
        }

        @Override
        public void interrupt(LiveTerm term) {
            super.interrupt(term);
            Once running = report;
            if (running != null && running.begun && !running.returned) {
                early = true;
                running.returned(null);
            }
        }

        @Override
        public void stop(LiveTerm term, EndReason reason, WorkReport right) {
            if (early) {
                right.stopped();
            } else {
                super.stop(term, reason, right);
            }
        }
    }

    public static final class ReleaseBeforeWorkStopped extends Hasty {
        public ReleaseBeforeWorkStopped(TermCallbacks right) {
            super(right);
        }

        @Override
        public void stop(LiveTerm term, EndReason reason, WorkReport right) {
            Once report = new Once(right);
            super.stop(term, reason, report);
            report.stopped();
        }
    }
}
