package dev.baton.simulation;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The mistakes behind those names in {@link Mutant} that concern calls, connections and threads, and what vanished. */
final class Oversights {
    private Oversights() {}

    static final class CallGivenUpAndRepeated extends ForwardingBackend {
        CallGivenUpAndRepeated(LockBackend right) {
            super(right);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            Moment now = runtime().timekeeper().now();
            Moment sooner = now.plusNanos(deadline.nanosSince(now) / 2);
            return Mutants.within(sooner, runtime().timekeeper(), super.renew(claim, deadline));
        }
    }

    /** Waits for as long as the network needs, and where that is silent for as long as its client's patience lasts. */
    static final class StoreCalledOnTheLoop extends ForwardingRegister {
        private static final long ROUND_TRIP = 1_000_000;

        private final Node node;

        StoreCalledOnTheLoop(Register right, Node node) {
            super(right);
            this.node = node;
        }

        private void await() {
            boolean silent = node.isCutOff() || node.world().weather().storeIsDown();
            node.block(silent ? node.config().timing().leaseDuration().toNanos() : ROUND_TRIP);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            CompletionStage<Optional<Entry>> answer = super.read(election);
            await();
            return answer;
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            CompletionStage<Entry> answer = super.write(election, expected, next);
            await();
            return answer;
        }
    }

    static final class ReleasedRecordNamesItsHolder extends ForwardingRegister {
        ReleasedRecordNamesItsHolder(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            if (expected == null || expected.record().isFree() || !next.isFree()) {
                return super.write(election, expected, next);
            }
            LeaderRecord named = new LeaderRecord(
                    expected.record().holderIdentity(),
                    "",
                    next.leaseDuration(),
                    next.acquireTime(),
                    next.renewTime(),
                    next.transitions());
            return super.write(election, expected, named);
        }
    }

    static final class WatchedThoughSilent extends ForwardingRegister {
        WatchedThoughSilent(Register right) {
            super(right);
        }

        @Override
        public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
            return super.watch(election, new RegisterWatcher() {
                @Override
                public void live(boolean live) {
                    if (live) {
                        watcher.live(true);
                    }
                }

                @Override
                public void changed(@Nullable Entry entry, long revision) {
                    watcher.changed(entry, revision);
                }
            });
        }
    }

    static final class CallbackOnTheLoop extends Mutants.Hasty {
        private final Node node;

        CallbackOnTheLoop(TermCallbacks right, Node node) {
            super(right);
            this.node = node;
        }

        @Override
        public void start(LiveTerm term, WorkReport report) {
            super.start(term, report);
            node.block(node.random()
                    .nextLong(node.config().timing().leaseDuration().toNanos()));
        }
    }

    /** Shows a free record where there is none. */
    static final class VanishedRecordTakenAtOnce extends ForwardingRegister {
        private final Node node;

        VanishedRecordTakenAtOnce(Register right, Node node) {
            super(right);
            this.node = node;
        }

        private static Entry free(long revision) {
            Instant never = Instant.EPOCH;
            return new Entry(new LeaderRecord("", "", Duration.ofSeconds(1), never, never, 0), revision, Absent.ABSENT);
        }

        @Override
        public CompletionStage<Optional<Entry>> read(ElectionName election) {
            return super.read(election)
                    .thenApply(found ->
                            found.or(() -> Optional.of(free(node.world().store().revision()))));
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.write(election, expected != null && expected.raw() == Absent.ABSENT ? null : expected, next);
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
                    watcher.changed(entry == null ? free(revision) : entry, revision);
                }
            });
        }

        private enum Absent {
            ABSENT
        }
    }

    static final class WriteWithoutUid extends ForwardingRegister {
        WriteWithoutUid(Register right) {
            super(right);
        }

        @Override
        public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
            return super.write(
                    election, expected == null ? null : new Entry(expected.record(), expected.revision(), null), next);
        }
    }
}
