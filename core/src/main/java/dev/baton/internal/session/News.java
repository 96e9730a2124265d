package dev.baton.internal.session;

import dev.baton.spi.Chance;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import org.jspecify.annotations.Nullable;

/**
 * What the observers of one election have been told, so that each thing is told once, and again to an observer that comes
 * later. Confined to the {@link InlineSerialExecutor}.
 */
public final class News {
    private final Observers observers;
    private final ElectionName election;
    private boolean watching;
    private boolean vacant;
    private @Nullable Holder holder;

    /** Nothing was told yet. */
    public News(Observers observers, ElectionName election) {
        this.observers = observers;
        this.election = election;
    }

    /** Whether the observers were told last that changes are being told of. */
    public boolean isWatching() {
        return watching;
    }

    /** Whether there are observers. */
    public boolean hasObservers() {
        return observers.has(election);
    }

    /** Whether the observers were told last that nobody leads, and the store would tell of the next. */
    public boolean isVacant() {
        return vacant;
    }

    /** Who was told of last, or null. */
    public @Nullable Holder holder() {
        return holder;
    }

    /** Tells whether changes are being told of. */
    public void watching(boolean live) {
        if (watching != live) {
            watching = live;
            observers.tell(election, watcher -> watcher.watching(live));
        }
    }

    /** Tells who leads. */
    public void held(Holder by) {
        vacant = false;
        if (!by.equals(holder)) {
            holder = by;
            observers.tell(election, watcher -> watcher.held(by, Chance.whenTold()));
        }
    }

    /** Tells that nobody leads. */
    public void vacant() {
        holder = null;
        if (!vacant) {
            vacant = true;
            observers.tell(election, ElectionWatcher::vacant);
        }
    }

    /** Somebody may lead by now; that nobody does is told again. */
    public void forgetVacancy() {
        vacant = false;
    }

    /** Nothing is known any more; whoever leads is told of again. */
    public void forget() {
        holder = null;
        vacant = false;
    }

    /** Somebody new observes: tells what is known again, {@code leader} among it. */
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
