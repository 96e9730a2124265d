package dev.baton.simulation;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/** More of the mistakes behind the names in {@link Mutant}. */
public final class Mistakes {
    private static final Duration FAR = Duration.ofHours(1);

    private Mistakes() {}

    // -- backends that answer wrongly -----------------------------------------------------------------------------

    /** A backend whose answers are changed; it remembers the newest token of each claim. */
    abstract static class Answering extends ForwardingBackend {
        private final Map<String, FencingToken> tokens = new HashMap<>();

        Answering(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> remembered(claim, answer));
        }

        Answer remembered(Claim claim, Answer answer) {
            if (answer instanceof Answer.Granted granted) {
                tokens.put(claim.nonce(), granted.token());
            }
            return answer;
        }

        @Nullable FencingToken token(Claim claim) {
            return tokens.get(claim.nonce());
        }

        Moment now() {
            return runtime().timekeeper().now();
        }
    }

    static final class RefusedRenewalIgnored extends Answering {
        RefusedRenewalIgnored(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            Moment sentAt = now();
            FencingToken token = token(claim);
            return super.renew(claim, deadline)
                    .thenApply(answer -> answer instanceof Answer.Refused && token != null
                            ? new Answer.Granted(sentAt, claim.timing().leaseDuration(), token)
                            : answer);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            return super.observe(election, timing, new Deaf(watcher));
        }
    }

    static final class RenewReacquires extends Answering {
        RenewReacquires(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            FencingToken token = token(claim);
            return super.renew(claim, deadline)
                    .thenCompose(answer -> answer instanceof Answer.Refused && token != null
                            ? acquire(claim, deadline)
                                    .thenApply(again -> again instanceof Answer.Granted granted
                                            ? new Answer.Granted(granted.sentAt(), granted.guaranteedFor(), token)
                                            : again)
                            : CompletableFuture.completedFuture(answer));
        }
    }

    static final class ReadTakenForRenewal extends Answering {
        private final Register register;

        ReadTakenForRenewal(LockBackend right, Register register) {
            super(right);
            this.register = register;
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            Moment sentAt = now();
            FencingToken token = token(claim);
            CompletionStage<Answer> read = register.read(claim.election())
                    .thenCompose(found -> token != null
                                    && found.filter(entry -> entry.record().isBy(claim))
                                            .isPresent()
                            ? CompletableFuture.completedFuture(
                                    new Answer.Granted(sentAt, claim.timing().leaseDuration(), token))
                            : super.renew(claim, deadline));
            return Mutants.within(deadline, runtime().timekeeper(), read);
        }
    }

    static final class FailedAcquireTakenForGrant extends Answering {
        private final Node node;

        FailedAcquireTakenForGrant(LockBackend right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            Moment sentAt = now();
            return super.acquire(claim, deadline).exceptionally(failure -> {
                long newer = node.world().store().revision() + 1;
                return new Answer.Granted(sentAt, claim.timing().leaseDuration(), new FencingToken(0, newer));
            });
        }
    }

    static final class NeverContendsAgain extends Answering {
        private boolean lost;

        NeverContendsAgain(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return lost
                    ? CompletableFuture.failedFuture(new BackendException("the elector has ended"))
                    : super.acquire(claim, deadline);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            lost |= token(claim) != null;
            return super.withdraw(claim, deadline);
        }
    }

    /** A backend that numbers terms by itself. */
    static final class Numbering extends ForwardingBackend {
        private final Map<String, FencingToken> tokens = new HashMap<>();
        private final IntToLongFunction number;

        /**
         * A numbering backend.
         *
         * @param number of a term, given how many were numbered before
         */
        Numbering(LockBackend right, IntToLongFunction number) {
            super(right);
            this.number = number;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                if (answer instanceof Answer.Granted) {
                    tokens.put(claim.nonce(), new FencingToken(0, number.applyAsLong(tokens.size())));
                }
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

    // -- backends that withdraw wrongly ---------------------------------------------------------------------------

    public static final class WithdrawalFailureIgnored extends ForwardingBackend {
        public WithdrawalFailureIgnored(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return super.withdraw(claim, deadline).handle((done, failure) -> null);
        }
    }

    static final class WithdrawalForgotten extends ForwardingBackend {
        WithdrawalForgotten(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return CompletableFuture.completedFuture(null);
        }
    }

    public static final class WriteUnderWayForgotten extends ForwardingBackend {
        private final Register register;

        public WriteUnderWayForgotten(LockBackend right, Register register) {
            super(right);
            this.register = register;
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            CompletionStage<Void> done = register.read(claim.election())
                    .thenCompose(found -> found.filter(entry -> entry.record().isBy(claim))
                            .map(entry -> register.write(claim.election(), entry, Mutants.emptied(entry.record())))
                            .orElse(CompletableFuture.completedFuture(null)))
                    .thenAccept(entry -> {});
            return Mutants.within(deadline, runtime().timekeeper(), done);
        }
    }

    /** Releases a claim on an event that should only have begun the wait for its work. */
    static final class ReleasesOn extends ForwardingBackend {
        private final ElectionEvent.Type type;
        private @Nullable Claim newest;

        ReleasesOn(LockBackend right, ElectionEvent.Type type) {
            super(right);
            this.type = type;
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            newest = claim;
            return super.renew(claim, deadline);
        }

        void told(ElectionEvent event) {
            Claim claim = newest;
            if (claim != null && event.type() == type) {
                Moment deadline =
                        runtime().timekeeper().now().plus(claim.timing().renewDeadline());
                CompletionStage<Void> done = super.withdraw(claim, deadline);
                done.exceptionally(failure -> null);
            }
        }
    }

    // -- backends that take their time ----------------------------------------------------------------------------

    static final class CallsWithoutTimeout extends ForwardingBackend {
        CallsWithoutTimeout(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline.plus(FAR));
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return super.renew(claim, deadline.plus(FAR));
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return super.withdraw(claim, deadline.plus(FAR));
        }
    }

    /** What the driver takes for a monotonic clock goes where the wall clock goes. */
    static final class WallClockOnly extends ForwardingBackend {
        private final Walls walls;

        WallClockOnly(LockBackend right) {
            super(right);
            walls = new Walls(right.runtime());
        }

        @Override
        public BackendRuntime runtime() {
            return walls;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, walls.truly(deadline)).thenApply(this::seen);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return super.renew(claim, walls.truly(deadline)).thenApply(this::seen);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return super.withdraw(claim, walls.truly(deadline));
        }

        private Answer seen(Answer answer) {
            return answer instanceof Answer.Granted granted
                    ? new Answer.Granted(walls.seen(granted.sentAt()), granted.guaranteedFor(), granted.token())
                    : answer;
        }

        private static final class Walls extends ForwardingRuntime {
            private final long offset;

            Walls(BackendRuntime right) {
                super(right);
                Moment origin = super.now();
                offset = origin.nanos() - origin.wallNanos();
            }

            @Override
            public Moment now() {
                return seen(super.now());
            }

            private Moment seen(Moment moment) {
                return new Moment(moment.wallNanos() + offset, moment.wallNanos());
            }

            private Moment truly(Moment deadline) {
                return super.now().plusNanos(deadline.nanosSince(now()));
            }
        }
    }

    // -- backends that notice wrongly -----------------------------------------------------------------------------

    /** A watcher as it is. */
    public static class Hearing implements ElectionWatcher {
        private final ElectionWatcher right;

        public Hearing(ElectionWatcher right) {
            this.right = right;
        }

        @Override
        public void watching(boolean live) {
            right.watching(live);
        }

        @Override
        public void held(Holder holder, Chance chance) {
            right.held(holder, chance);
        }

        @Override
        public void vacant() {
            right.vacant();
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            right.yourTurn(claim, granted);
        }

        @Override
        public void lost(Claim claim, String how) {
            right.lost(claim, how);
        }
    }

    /** Does not hear that a claim is lost. */
    private static final class Deaf extends Hearing {
        Deaf(ElectionWatcher right) {
            super(right);
        }

        @Override
        public void lost(Claim claim, String how) {
            // A leader that looks at its renewals only.
        }
    }

    public static final class LostNeverSaid extends ForwardingBackend {
        public LostNeverSaid(LockBackend right) {
            super(right);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            return super.observe(election, timing, new Deaf(watcher));
        }
    }

    static final class PollsWithoutPause extends ForwardingBackend {
        private @Nullable ElectionWatcher watcher;

        PollsWithoutPause(LockBackend right) {
            super(right);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher hears) {
            watcher = hears;
            return super.observe(election, timing, hears);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                ElectionWatcher hears = watcher;
                if (answer instanceof Answer.Refused && hears != null) {
                    runtime().timekeeper().schedule(Duration.ofMillis(1), hears::vacant);
                }
                return answer;
            });
        }
    }

    static final class HintTakenForGrant extends ForwardingBackend {
        private final Node node;
        private @Nullable Claim tried;

        HintTakenForGrant(LockBackend right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            tried = claim;
            return super.acquire(claim, deadline);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            return super.observe(election, timing, new Hearing(watcher) {
                @Override
                public void vacant() {
                    Claim claim = tried;
                    if (claim == null) {
                        super.vacant();
                    } else {
                        long newer = node.world().store().revision() + 1;
                        super.yourTurn(
                                claim,
                                new Answer.Granted(
                                        runtime().timekeeper().now(),
                                        timing.leaseDuration(),
                                        new FencingToken(0, newer)));
                    }
                }
            });
        }
    }

    /** Tells of every change that is not ours, however old, that we have lost. */
    static final class LostFromOlderState extends ForwardingBackend {
        private final Told register;
        private @Nullable ElectionWatcher watcher;
        private @Nullable Claim newest;

        LostFromOlderState(LockBackend right, Told register) {
            super(right);
            this.register = register;
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher hears) {
            watcher = hears;
            register.backend = this;
            return super.observe(election, timing, hears);
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return super.acquire(claim, deadline).thenApply(answer -> {
                newest = answer instanceof Answer.Granted ? claim : null;
                return answer;
            });
        }

        private void changed(Register.@Nullable Entry entry) {
            Claim claim = newest;
            ElectionWatcher hears = watcher;
            if (claim != null
                    && hears != null
                    && (entry == null || !entry.record().isBy(claim))) {
                hears.lost(claim, "another record was seen");
            }
        }

        /** Passes on what its watch hears. */
        static final class Told extends ForwardingRegister {
            private @Nullable LostFromOlderState backend;

            Told(Register right) {
                super(right);
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
                        watcher.changed(entry, revision);
                        if (backend != null) {
                            backend.changed(entry);
                        }
                    }
                });
            }
        }
    }

    // -- registers ------------------------------------------------------------------------------------------------

    static final class WriteWithoutComparing extends ForwardingRegister {
        WriteWithoutComparing(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.read(election).thenCompose(found -> super.write(election, found.orElse(null), next));
        }
    }

    static final class PutCreatesAnew extends ForwardingRegister {
        PutCreatesAnew(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.read(election)
                    .thenCompose(found -> super.write(election, found.isPresent() ? expected : null, next));
        }
    }

    static final class RecordPromisesTooLittle extends ForwardingRegister {
        private final Node node;

        RecordPromisesTooLittle(Register right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.write(
                    election,
                    expected,
                    next.isFree()
                            ? next
                            : new LeaderRecord(
                                    next.holderIdentity(),
                                    next.nonce(),
                                    node.config().timing().renewDeadline(),
                                    next.acquireTime(),
                                    next.renewTime(),
                                    next.transitions()));
        }
    }

    /** Remembers what was written last, so that its number of transitions can be told. */
    static final class Counting extends ForwardingRegister {
        private long transitions;

        Counting(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.write(election, expected, next).thenApply(entry -> {
                transitions = entry.record().transitions();
                return entry;
            });
        }

        long transitions() {
            return transitions;
        }
    }

    /** Shows other holders' renewals under the revision of their first sight. */
    static final class RenewalsNotNoticed extends ForwardingRegister {
        private final Node node;
        private @Nullable Entry first;

        RenewalsNotNoticed(Register right, Node node) {
            super(right);
            this.node = node;
        }

        private Entry seen(Entry entry) {
            Entry before = first;
            if (entry.record().isFree() || node.wrote(entry.record().nonce())) {
                return entry;
            }
            if (before == null || !before.record().nonce().equals(entry.record().nonce())) {
                first = entry;
                before = entry;
            }
            return new Entry(before.record(), before.revision(), entry);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return super.read(election).thenApply(found -> found.map(this::seen));
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            Entry stands = expected != null && expected.raw() instanceof Entry unseen ? unseen : expected;
            return super.write(election, stands, next);
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
                    Entry shown = entry == null ? null : seen(entry);
                    watcher.changed(shown, shown == null ? revision : shown.revision());
                }
            });
        }
    }

    // -- callbacks ------------------------------------------------------------------------------------------------

    static final class StoppedTwice extends Mutants.Hasty {
        StoppedTwice(TermCallbacks right) {
            super(right);
        }

        @Override
        public void stop(LiveTerm term, EndReason reason, WorkReport report) {
            super.stop(term, reason, report);
            super.stop(term, reason, report);
        }
    }

    static final class StoppedWithoutStarted extends Mutants.Hasty {
        StoppedWithoutStarted(TermCallbacks right) {
            super(right);
        }

        @Override
        public void start(LiveTerm term, WorkReport report) {
            super.start(term, new WorkReport() {
                @Override
                public void began() {
                    report.began();
                }

                @Override
                public void returned(@Nullable Throwable failure) {
                    report.returned(failure);
                }

                @Override
                public void cancelled(String why) {
                    report.cancelled(why);
                    StoppedWithoutStarted.super.stop(term, EndReason.START_FAILED, this);
                }

                @Override
                public void stopped() {
                    report.stopped();
                }
            });
        }
    }

    static final class WorkNeverInterrupted extends Mutants.Hasty {
        WorkNeverInterrupted(TermCallbacks right) {
            super(right);
        }

        @Override
        public void interrupt(LiveTerm term) {
            // Whoever does not look at the term never hears that it is over.
        }
    }

    // -- what is configured ---------------------------------------------------------------------------------------

    /** A timing in which a term is relied on for all of the lease but a hair, on clocks believed to be perfect. */
    static ElectionTiming wholeLease(ElectionTiming right) {
        return new ElectionTiming(right.leaseDuration(), right.leaseDuration().minusMillis(1), right.retryPeriod(), 0);
    }
}
