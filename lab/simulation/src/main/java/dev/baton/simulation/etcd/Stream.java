package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import java.util.List;
import java.util.function.BooleanSupplier;

/** One watch at a member: in order, until it ends or falls silent. */
final class Stream {
    private final Surroundings world;
    private final Host process;
    private final BooleanSupplier reaches;
    private final String prefix;
    private final Channel.Watcher watcher;
    private long sent;
    private long last;
    private boolean silent;

    /**
     * @param reaches whether packets pass between the member and the process
     * @param sent the last revision that it need not tell of
     */
    Stream(
            Surroundings world,
            Host process,
            BooleanSupplier reaches,
            String prefix,
            long sent,
            Channel.Watcher watcher) {
        this.world = world;
        this.process = process;
        this.reaches = reaches;
        this.prefix = prefix;
        this.sent = sent;
        this.watcher = watcher;
    }

    void created(long revision) {
        down(world.replyDelay(), () -> watcher.created(revision));
    }

    /** Tells of everything that changed up to {@code revision}. */
    void tell(Keys keys, long revision) {
        if (revision <= sent) {
            return;
        }
        List<Change> changes = keys.changes(prefix, sent, revision);
        sent = revision;
        if (!changes.isEmpty()) {
            long newest = changes.get(changes.size() - 1).revision();
            down(world.watchDelay(), () -> watcher.changed(changes, newest));
        }
    }

    /** Whether changes that it has not told of are forgotten by now. */
    boolean isBehind(long compacted) {
        return sent < compacted;
    }

    void end(Failure why) {
        down(world.replyDelay(), () -> watcher.ended(why));
        silent = true;
    }

    /** Nothing of it arrives any more, and nobody says so. */
    void fallSilent() {
        silent = true;
    }

    private void down(long delay, Runnable delivery) {
        if (!reaches.getAsBoolean() || world.stallsWatch()) {
            silent = true;
        }
        if (!silent) {
            last = Math.max(last, world.now() + delay);
            process.at(last, delivery);
        }
    }
}
