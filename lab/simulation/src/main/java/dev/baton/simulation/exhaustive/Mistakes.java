package dev.baton.simulation.exhaustive;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.simulation.ForwardingRegister;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What is behind the names in {@link Mistake}. */
final class Mistakes {
    private Mistakes() {}

    private static LeaderRecord emptied(LeaderRecord record) {
        return new LeaderRecord(
                "", "", Duration.ofSeconds(1), record.acquireTime(), record.renewTime(), record.transitions());
    }

    private static LeaderRecord like(LeaderRecord record, String nonce, Duration lease) {
        return new LeaderRecord(
                record.holderIdentity(), nonce, lease, record.acquireTime(), record.renewTime(), record.transitions());
    }

    /** A timeout for what would otherwise keep a rule that is not in question. */
    private static <T> CompletionStage<T> within(Moment deadline, Timekeeper time, CompletionStage<T> slow) {
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

    static final class ValidityFromReceipt extends ForwardingBackend {
        ValidityFromReceipt(LockBackend right) {
            super(right);
        }

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
                    ? new Answer.Granted(runtime().timekeeper().now(), granted.guaranteedFor(), granted.token())
                    : answer;
        }
    }

    static final class WithdrawWithoutRecheck extends ForwardingBackend {
        private final Register register;

        WithdrawWithoutRecheck(LockBackend right, Register register) {
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

    static final class WriteUnderWayForgotten extends ForwardingBackend {
        private final Register register;

        WriteUnderWayForgotten(LockBackend right, Register register) {
            super(right);
            this.register = register;
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            CompletionStage<Void> done = register.read(claim.election())
                    .thenCompose(found -> found.filter(entry -> entry.record().isBy(claim))
                            .map(entry -> register.write(claim.election(), entry, emptied(entry.record())))
                            .orElse(CompletableFuture.completedFuture(null)))
                    .thenAccept(entry -> {});
            return within(deadline, runtime().timekeeper(), done);
        }
    }

    static final class AcquireLeftBehind extends ForwardingBackend {
        private final Set<String> granted = new HashSet<>();

        AcquireLeftBehind(LockBackend right) {
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

    // -- registers ------------------------------------------------------------------------------------------------

    /** A client that sees other records than there are. */
    abstract static class Squinting extends ForwardingRegister {
        Squinting(Register right) {
            super(right);
        }

        abstract LeaderRecord seen(LeaderRecord record);

        private Entry seen(Entry entry) {
            return entry.record().isFree() ? entry : new Entry(seen(entry.record()), entry.revision(), entry.raw());
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return super.read(election).thenApply(found -> found.map(this::seen));
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

    static final class TakeoverTooSoon extends Squinting {
        private final Contender contender;

        TakeoverTooSoon(Register right, Contender contender) {
            super(right);
            this.contender = contender;
        }

        @Override
        LeaderRecord seen(LeaderRecord record) {
            return contender.wrote(record.nonce())
                    ? record
                    : like(record, record.nonce(), SmallWorld.TIMING.renewDeadline());
        }
    }

    static final class IdentityInsteadOfNonce extends Squinting {
        private @Nullable Claim claim;

        IdentityInsteadOfNonce(Register right) {
            super(right);
        }

        @Override
        LeaderRecord seen(LeaderRecord record) {
            return claim == null || !claim.identity().equals(record.holderIdentity())
                    ? record
                    : like(record, claim.nonce(), record.leaseDuration());
        }

        /** Remembers whom to mistake others for. */
        static final class Claims extends ForwardingBackend {
            private final IdentityInsteadOfNonce register;

            Claims(LockBackend right, IdentityInsteadOfNonce register) {
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

    static final class ConflictTakenForSuccess extends ForwardingRegister {
        ConflictTakenForSuccess(Register right) {
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
}
