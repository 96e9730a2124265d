package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Transaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the members agree on: the keys, their revisions, and what changed since the last compaction. */
final class Keys {
    private final NavigableMap<String, Entry> entries = new TreeMap<>();
    private final NavigableMap<Long, List<Change>> history = new TreeMap<>();
    private long revision = 1;
    private long compacted;

    /** A copy, as a backup is. What changed before is not part of it. */
    Keys copy() {
        Keys copy = new Keys();
        copy.entries.putAll(entries);
        copy.revision = revision;
        copy.compacted = revision;
        return copy;
    }

    long revision() {
        return revision;
    }

    /** The newest revision from which on a watch cannot be told any more what changed. */
    long compacted() {
        return compacted;
    }

    void compact() {
        compacted = revision;
        history.clear();
    }

    @Nullable Entry at(String key) {
        return entries.get(key);
    }

    List<Entry> below(String prefix) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries.tailMap(prefix, true).values()) {
            if (!entry.key().startsWith(prefix)) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    List<Entry> on(long lease) {
        return entries.values().stream().filter(entry -> entry.lease() == lease).toList();
    }

    /** What changed below {@code prefix} after revision {@code after}, up to {@code until}. */
    List<Change> changes(String prefix, long after, long until) {
        List<Change> told = new ArrayList<>();
        if (after < until) {
            history.subMap(after, false, until, true)
                    .values()
                    .forEach(changes -> changes.stream()
                            .filter(change -> change.key().startsWith(prefix))
                            .forEach(told::add));
        }
        return told;
    }

    /** Whether the guards of {@code transaction} hold. */
    boolean holds(Transaction transaction) {
        return transaction.guards().stream().allMatch(this::holds);
    }

    private boolean holds(Transaction.Guard guard) {
        Entry entry = entries.get(guard.key());
        long actual =
                entry == null ? 0 : guard.of() == Transaction.Guard.Of.CREATED ? entry.created() : entry.modified();
        return actual == guard.revision();
    }

    /**
     * Carries {@code steps} out, all at one revision.
     *
     * @param written hears of each entry before it is written
     * @param deleted hears of each entry before it is deleted
     */
    List<List<Entry>> carryOut(List<Transaction.Op> steps, Consumer<Entry> written, Consumer<Entry> deleted) {
        List<List<Entry>> found = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        long next = revision + 1;
        for (Transaction.Op step : steps) {
            if (step instanceof Transaction.Put put) {
                Entry before = entries.get(put.key());
                Entry entry =
                        new Entry(put.key(), put.value(), before == null ? next : before.created(), next, put.lease());
                written.accept(entry);
                entries.put(put.key(), entry);
                changes.add(new Change(put.key(), next, entry));
            } else if (step instanceof Transaction.Delete delete) {
                Entry before = entries.get(delete.key());
                if (before != null) {
                    deleted.accept(before);
                    entries.remove(delete.key());
                    changes.add(new Change(delete.key(), next, null));
                }
            } else {
                found.add(read(step));
            }
        }
        if (!changes.isEmpty()) {
            revision = next;
            history.put(next, List.copyOf(changes));
        }
        return found;
    }

    /** What {@code transaction}, which only reads, finds here. */
    Transaction.Result look(Transaction transaction, long raftTerm) {
        boolean holds = holds(transaction);
        List<List<Entry>> found = new ArrayList<>();
        (holds ? transaction.then() : transaction.otherwise()).forEach(step -> found.add(read(step)));
        return new Transaction.Result(holds, revision, raftTerm, found);
    }

    private List<Entry> read(Transaction.Op step) {
        if (step instanceof Transaction.Get get) {
            Entry entry = entries.get(get.key());
            return entry == null ? List.of() : List.of(entry);
        } else if (step instanceof Transaction.First first) {
            return below(first.prefix()).stream()
                    .min(Comparator.comparingLong(Entry::created))
                    .map(List::of)
                    .orElse(List.of());
        } else if (step instanceof Transaction.All all) {
            return below(all.prefix());
        }
        throw new IllegalArgumentException("not a step: " + step);
    }

    /** Whether {@code transaction} would write, as it would be carried out now. */
    boolean writes(Transaction transaction) {
        return (holds(transaction) ? transaction.then() : transaction.otherwise())
                .stream().anyMatch(step -> step instanceof Transaction.Put || step instanceof Transaction.Delete);
    }

    /** Goes on as {@code backup} is. */
    void restore(Keys backup) {
        entries.clear();
        entries.putAll(backup.entries);
        history.clear();
        revision = backup.revision;
        compacted = backup.compacted;
    }

    Map<String, Entry> all() {
        return entries;
    }
}
