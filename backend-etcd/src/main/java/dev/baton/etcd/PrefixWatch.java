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
 * The one watch of a session, over all keys below the prefix. A watch that ends, or misses a change that it should have
 * reported, is replaced. The new watch starts at the revision where the old one ended, if the servers still have it. In the
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

    /** Receives the events of the watch. */
    interface Listener {
        /**
         * The watch reports changes from now on.
         *
         * @param anew whether changes before may have been missed: list again
         */
        void live(boolean anew);

        /** The watch reports no changes for a while. */
        void silent();

        /** These keys changed, in one answer. */
        void changed(List<Change> changes);

        /** The watch has ended for this reason. It is replaced unless the listener stops it. */
        void ended(Failure why);
    }

    /**
     * @param pause before a watch is replaced
     * @param patience how long a watch may take to start, and to report a change that is known to have happened
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

    /**
     * Whether the watch is live and has reported the expected write before the last, which had the time of a renewal to
     * arrive.
     */
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

    /** Stops; a later start begins at the present. */
    void forget() {
        stop();
        told = 0;
    }

    /** A key below the prefix was written at {@code revision}. A watch that does not report that within a while is dead. */
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
        // A watch that gets no answer ends as well.
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
                    // The store went back in time: discard the revision, and watch from the present.
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
                // The listener may stop the watch.
                listener.ended(why);
                time.schedule(why.kind() == Failure.Kind.COMPACTED ? Duration.ZERO : pause, () -> again(this));
            });
        }
    }
}
