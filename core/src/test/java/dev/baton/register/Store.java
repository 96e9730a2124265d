package dev.baton.register;

import dev.baton.register.Register.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One record in one store, shared by the processes of a test; what an operator could also see and touch. */
final class Store {
    private final List<BiConsumer<@Nullable Entry, Long>> watchers = new ArrayList<>();
    private @Nullable Entry entry;
    private long revision = 100;
    private boolean ignoresEqualWrites;

    @Nullable Entry entry() {
        return entry;
    }

    LeaderRecord record() {
        return Objects.requireNonNull(entry, "the record").record();
    }

    long revision() {
        return revision;
    }

    /** As an API server that does not count a write which changes nothing. */
    void ignoreEqualWrites() {
        ignoresEqualWrites = true;
    }

    /** Compares and sets; null is a conflict. */
    @Nullable Entry write(@Nullable Entry expected, LeaderRecord next) {
        Entry current = entry;
        boolean stands =
                current == null ? expected == null : expected != null && expected.revision() == current.revision();
        if (!stands) {
            return null;
        }
        if (ignoresEqualWrites && current != null && current.record().equals(next)) {
            return current;
        }
        return put(next);
    }

    /** Writes whatever stood there before, as an operator or another kind of client might. */
    Entry put(LeaderRecord next) {
        Entry written = new Entry(next, ++revision, null);
        entry = written;
        watchers.forEach(watcher -> watcher.accept(written, written.revision()));
        return written;
    }

    void delete() {
        entry = null;
        long at = ++revision;
        watchers.forEach(watcher -> watcher.accept(null, at));
    }

    /** As after a restore from a backup: older content at an older revision, without a notification. */
    void restore(@Nullable Entry old) {
        entry = old;
        revision = old == null ? 1 : old.revision();
    }

    void watch(BiConsumer<@Nullable Entry, Long> watcher) {
        watchers.add(watcher);
    }

    void unwatch(BiConsumer<@Nullable Entry, Long> watcher) {
        watchers.remove(watcher);
    }
}
