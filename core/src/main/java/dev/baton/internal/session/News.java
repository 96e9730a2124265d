package dev.baton.internal.session;

import dev.baton.spi.Chance;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import org.jspecify.annotations.Nullable;

/**
 * The last state reported to the observers of one election: each state is reported once, and again when an observer is
 * added. Confined to the {@link InlineSerialExecutor}.
 */
public final class News {
    private final Observers observers;
    private final ElectionName election;
    private boolean watching;
    private boolean vacant;
    private @Nullable Holder holder;

    /** Nothing was reported yet. */
    public News(Observers observers, ElectionName election) {
        this.observers = observers;
        this.election = election;
    }

    /** Whether the last report was that the watch is live. */
    public boolean isWatching() {
        return watching;
    }

    /** Whether there are observers. */
    public boolean hasObservers() {
        return observers.has(election);
    }

    /** Whether the last report was that no candidate leads, so that the store notifies of the next leader. */
    public boolean isVacant() {
        return vacant;
    }

    /** The leader last reported, or null. */
    public @Nullable Holder holder() {
        return holder;
    }

    /** Reports whether the watch is live. */
    public void watching(boolean live) {
        if (watching != live) {
            watching = live;
            observers.tell(election, watcher -> watcher.watching(live));
        }
    }

    /** Reports the leader. */
    public void held(Holder by) {
        vacant = false;
        if (!by.equals(holder)) {
            holder = by;
            observers.tell(election, watcher -> watcher.held(by, Chance.whenTold()));
        }
    }

    /** Reports that no candidate leads. */
    public void vacant() {
        holder = null;
        if (!vacant) {
            vacant = true;
            observers.tell(election, ElectionWatcher::vacant);
        }
    }

    /** A candidate may lead by now: a vacancy is reported again. */
    public void forgetVacancy() {
        vacant = false;
    }

    /** Nothing is known any more: the leader is reported again. */
    public void forget() {
        holder = null;
        vacant = false;
    }

    /** An observer was added: reports the known state again, with {@code leader}. */
    public void observed(@Nullable Holder leader) {
        if (watching) {
            observers.tell(election, watcher -> watcher.watching(true));
        }
        if (leader != null) {
            observers.tell(election, watcher -> watcher.held(leader, Chance.whenTold()));
        } else if (vacant) {
            observers.tell(election, ElectionWatcher::vacant);
        }
    }
}
