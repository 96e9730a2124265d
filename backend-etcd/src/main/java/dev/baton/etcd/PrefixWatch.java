package dev.baton.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The one watch of a session, over everything below the prefix. Made again whenever it ends, for whatever reason, or
 * when it misses what it was certain to tell; from where it ended if the servers still know what came after that. In the
 * lane.
 */
final class PrefixWatch {

    private final Logger log;
    private final Timekeeper time;
    private final String prefix;
    private final Duration pause;
    private final Duration patience;
    private final Listener listener;
    private @Nullable Wire wire;
    private @Nullable Attempt attempt;
    private boolean live;
    private long told;
    private long expected;
    private long due;

    /** What a watch tells. */
    interface Listener {
        /**
         * Changes are told from now on.
         *
         * @param anew some may have been missed before: look again
         */
        void live(boolean anew);

        /** No changes are told any more, for a while. */
        void silent();

        /** These changed, in one answer. */
        void changed(List<Change> changes);

        /** Why it ended. It is being made again, unless the listener stops it. */
        void ended(Failure why);
    }

    /**
     * @param pause before it is made again
     * @param patience how long it may take to be made, and to tell what is known to have happened
     */
    PrefixWatch(Logger log, Timekeeper time, String prefix, Duration pause, Duration patience, Listener listener) {
        this.log = log;
        this.time = time;
        this.prefix = prefix;
        this.pause = pause;
        this.patience = patience;
        this.listener = listener;
    }

    boolean isLive() {
        return live;
    }

    /** Whether the watch lives and has told of the write expected before the last, which had a renewal's time to arrive. */
    boolean isFresh() {
        return live && told >= due;
    }

    boolean isRunning() {
        return wire != null;
    }

    void start(Wire on) {
        stop();
        wire = on;
        open(on);
    }

    void stop() {
        wire = null;
        cancel();
    }

    /** Stops, and begins at the present if it is ever started again. */
    void forget() {
        stop();
        told = 0;
    }

    /** A key below the prefix was written at {@code revision}. If that is not told within a while the watch is dead. */
    void expect(long revision) {
        due = expected;
        expected = revision;
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        time.schedule(patience, () -> {
            if (current == attempt && live && told < revision) {
                log.warn("the watch on {} missed revision {} and is made again", prefix, revision);
                again(current);
            }
        });
    }

    private void open(Wire on) {
        Attempt next = new Attempt(told == 0 ? 0 : told + 1);
        attempt = next;
        try {
            next.cancel = on.watch(prefix, next.from, next);
        } catch (Throwable e) {
            log.debug("could not watch {}", prefix, Printable.failure(e));
        }
        // An attempt that is not even answered ends as well.
        time.schedule(patience, () -> {
            if (next == attempt && !live) {
                again(next);
            }
        });
    }

    private void cancel() {
        Attempt current = attempt;
        attempt = null;
        if (current != null && current.cancel != null) {
            current.cancel.run();
        }
        if (live) {
            live = false;
            listener.silent();
        }
    }

    private void again(Attempt ended) {
        if (ended == attempt) {
            cancel();
            Wire on = wire;
            if (on != null) {
                open(on);
            }
        }
    }

    private final class Attempt implements Channel.Watcher {
        private final long from;
        private @Nullable Runnable cancel;

        Attempt(long from) {
            this.from = from;
        }

        @Override
        public void created(long revision) {
            time.execute(() -> {
                if (this != attempt || live) {
                    return;
                }
                if (from > revision + 1) {
                    // The store went back in time. What was told is of no more use, nor is a watch from there.
                    told = 0;
                    again(this);
                    return;
                }
                live = true;
                boolean anew = from == 0;
                told = anew ? revision : told;
                listener.live(anew);
            });
        }

        @Override
        public void changed(List<Change> changes, long revision) {
            time.execute(() -> {
                if (this == attempt && live) {
                    told = Math.max(told, revision);
                    listener.changed(changes);
                }
            });
        }

        @Override
        public void ended(Failure why) {
            time.execute(() -> {
                if (this != attempt) {
                    return;
                }
                log.info("the watch on {} ended: {}", prefix, why.detail());
                if (why.kind() == Failure.Kind.COMPACTED || why.kind() == Failure.Kind.REFUSED) {
                    told = 0;
                }
                if (live) {
                    live = false;
                    listener.silent();
                }
                // Who is told may stop it.
                listener.ended(why);
                time.schedule(why.kind() == Failure.Kind.COMPACTED ? Duration.ZERO : pause, () -> again(this));
            });
        }
    }
}
