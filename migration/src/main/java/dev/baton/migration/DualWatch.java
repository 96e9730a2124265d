package dev.baton.migration;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The watches of one election on both stores, reported to one watcher as one. Confined to the loop. */
final class DualWatch {
    private final DualBackend two;
    private final Logger log;
    private final ElectionName election;
    private final ElectionTiming timing;
    private final ElectionWatcher watcher;
    private final Ear old;
    private final Ear next;
    private boolean closed;

    DualWatch(DualBackend two, ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        this.two = two;
        this.log = two.runtime().logger(DualWatch.class);
        this.election = election;
        this.timing = timing;
        this.watcher = watcher;
        this.old = new Ear(two.old());
        this.next = new Ear(two.next());
    }

    ElectionName election() {
        return election;
    }

    void open() {
        watcher.watching(false);
        old.open();
        next.open();
    }

    void close() {
        closed = true;
        old.close();
        next.close();
    }

    void lost(Claim claim, String how) {
        watcher.lost(claim, how);
    }

    /** Reports the holder of the election, unless it is a claim of this instance whose call is in flight. */
    void tell() {
        Holder on = old.holder;
        Holder onNext = next.holder;
        if (closed || !(old.known || next.known) || two.isMoving(on) || two.isMoving(onNext)) {
            return;
        }
        if (on == null && onNext == null) {
            watcher.vacant();
        } else if (on != null && onNext != null && isSame(on, onNext)) {
            FencingToken token = DualGrant.token(on.token(), onNext.token(), two.raiseFrom());
            watcher.held(two.shown(on, token), chanceOnOld().orLater(chanceOnNext()));
        } else if (onNext != null) {
            watcher.held(
                    Objects.requireNonNull(two.onNextOnly(onNext)),
                    on == null ? chanceOnNext() : chanceOnOld().orLater(chanceOnNext()));
        } else {
            watcher.held(Objects.requireNonNull(two.onOldOnly(on)), chanceOnOld());
        }
    }

    private Chance chanceOnOld() {
        // A store with a line reports to each candidate in it; this one may have left the line.
        Chance chance = old.chance();
        return chance.nanos() > timing.leaseDuration().toNanos() ? Chance.after(timing.leaseDuration()) : chance;
    }

    private Chance chanceOnNext() {
        return two.chanceOnNext(next.chance(), timing);
    }

    private static boolean isSame(Holder one, Holder other) {
        return one.nonce() != null && one.nonce().equals(other.nonce());
    }

    /** Receives one store's hints, on any thread. */
    private final class Ear implements ElectionWatcher {
        private final Side part;
        private LockBackend.@Nullable Observation observation;
        private boolean known;
        private boolean live;
        private @Nullable Holder holder;
        private Chance chance;
        private Moment toldAt;

        Ear(Side part) {
            this.part = part;
            this.chance = Chance.now();
            this.toldAt = two.loop().now();
        }

        void open() {
            part.<LockBackend.Observation>call(
                    backend -> CompletableFuture.completedFuture(backend.observe(election, timing, this)),
                    (begun, failure) -> {
                        observation = begun;
                        if (failure != null) {
                            log.warn(
                                    "{}: cannot observe on {}",
                                    election,
                                    part.backend().kind(),
                                    Printable.failure(failure));
                        } else if (closed) {
                            close();
                        }
                    });
        }

        void close() {
            LockBackend.Observation ended = observation;
            observation = null;
            if (ended != null) {
                part.<Boolean>call(
                        backend -> {
                            ended.close();
                            return CompletableFuture.completedFuture(true);
                        },
                        (done, failure) -> {
                            if (failure != null) {
                                log.debug("{}: the observation was not closed", election, Printable.failure(failure));
                            }
                        });
            }
        }

        /** The chance of a hint, less the time since. */
        Chance chance() {
            long passed = two.loop().now().nanosSince(toldAt);
            return chance instanceof Chance.After
                    ? Chance.after(Duration.ofNanos(Math.max(0, chance.nanos() - passed)))
                    : chance;
        }

        private void hear(Runnable word) {
            two.loop().execute(() -> {
                if (!closed) {
                    word.run();
                }
            });
        }

        @Override
        public void watching(boolean isLive) {
            hear(() -> {
                live = isLive;
                watcher.watching(old.live && next.live);
            });
        }

        @Override
        public void held(Holder seen, Chance told) {
            hear(() -> {
                known = true;
                holder = seen;
                chance = told;
                toldAt = two.loop().now();
                tell();
            });
        }

        @Override
        public void vacant() {
            hear(() -> {
                Holder left = holder;
                known = true;
                holder = null;
                Holder other = next.holder;
                if (this == old && left != null && other != null && isSame(left, other)) {
                    // The new store was released before; a store with a line does not report that.
                    next.holder = null;
                }
                tell();
            });
        }

        @Override
        public void yourTurn(Claim first, Answer.@Nullable Granted granted) {
            hear(() -> {
                DualClaim ours = two.holdOf(first);
                if (ours != null && this == old) {
                    // The new store must still be acquired.
                    watcher.yourTurn(ours.claim(), null);
                }
            });
        }

        @Override
        public void lost(Claim gone, String how) {
            hear(() -> {
                DualClaim ours = two.holdOf(gone);
                if (ours != null && !ours.isGivingBack()) {
                    watcher.lost(ours.claim(), "on " + part.backend().kind() + " " + how);
                }
            });
        }
    }
}
