package dev.baton.etcd.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one election in the order in which they came, from a listing and the watch's events since.
 *
 * <p>Keys are those of Go's {@code concurrency.Election} and of {@code etcdctl elect}: the election's name, a slash, and
 * the ID of the candidate's lease in lower-case hexadecimal. The candidate whose key was created first leads. This view may
 * lag behind the store, and a term never begins on it alone. For one thread.
 */
public final class Line {
    private final String prefix;
    private final Map<String, Entry> entries = new HashMap<>();
    private @Nullable String own;
    private long ownGone;
    private @Nullable List<Change> meanwhile;
    private @Nullable Entry first;

    /** @param prefix of all keys of the election, up to and including the last slash */
    public Line(String prefix) {
        this.prefix = prefix;
    }

    /** The key of the candidate with this lease. */
    public static String key(String prefix, long lease) {
        return prefix + Long.toHexString(lease);
    }

    /** A listing was requested: later events of the watch may be newer than its answer. */
    public void listing() {
        meanwhile = new ArrayList<>();
    }

    /** The listing has come. */
    public void listed(List<Entry> found, long revision) {
        Entry mine = own == null ? null : entries.get(own);
        entries.clear();
        found.forEach(entry -> entries.put(entry.key(), entry));
        if (mine != null && mine.created() > revision) {
            // Created since the listing was made.
            entries.put(mine.key(), mine);
        }
        List<Change> later = meanwhile == null ? List.of() : meanwhile;
        meanwhile = null;
        later.stream().filter(change -> change.revision() > revision).forEach(this::apply);
        elect();
    }

    /** The watch has reported a change below the prefix. */
    public void changed(Change change) {
        if (meanwhile != null) {
            meanwhile.add(change);
        }
        apply(change);
        elect();
    }

    /**
     * This session is about to create {@code key}: the watch may report its deletion before the answer comes. Events of an
     * earlier key of that name do not count: in a store that was restored since, they have greater revisions.
     */
    public void expect(String key) {
        own = key;
        ownGone = 0;
    }

    /**
     * This session's key was created, which the watch may have reported already.
     *
     * @return false if the key is known to have been deleted since
     */
    public boolean entered(Entry entry) {
        Entry known = entries.get(entry.key());
        if (entry.key().equals(own) && ownGone > entry.created()) {
            return false;
        }
        if (known == null || known.modified() < entry.modified()) {
            entries.put(entry.key(), entry);
            elect();
        }
        return true;
    }

    private void apply(Change change) {
        Entry known = entries.get(change.key());
        if (known != null && known.modified() > change.revision()) {
            return;
        }
        Entry entry = change.entry();
        if (entry == null) {
            entries.remove(change.key());
            if (change.key().equals(own)) {
                ownGone = change.revision();
            }
        } else {
            entries.put(change.key(), entry);
        }
    }

    private void elect() {
        first = entries.values().stream()
                .min(Comparator.comparingLong(Entry::created).thenComparing(Entry::key))
                .orElse(null);
    }

    /** The leader, or null if the line is empty. */
    public @Nullable Entry first() {
        return first;
    }

    /** The entry at {@code key}, or null. */
    public @Nullable Entry at(String key) {
        return entries.get(key);
    }

    /** Forgets everything. */
    public void clear() {
        entries.clear();
        meanwhile = null;
        first = null;
    }

    /** A key of another election whose name begins with this one's, or null: each would count the other's candidates. */
    public @Nullable String nested() {
        return entries.keySet().stream().filter(this::isNested).findFirst().orElse(null);
    }

    /** Whether {@code key}, which begins with the prefix, belongs to another election. */
    public boolean isNested(String key) {
        return key.indexOf('/', prefix.length()) >= 0;
    }
}
