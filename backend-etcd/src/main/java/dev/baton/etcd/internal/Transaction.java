package dev.baton.etcd.internal;

import java.util.List;

/**
 * One transaction: when every guard holds {@code then} is carried out, else {@code otherwise}, and nothing in between.
 *
 * <p>Each branch has at least one operation. A transaction that only reads, with a branch that is empty, would be
 * answered by etcd from whatever one member happens to know, without asking the others.
 *
 * @param local whether just that is wanted: what the member that is asked knows by itself, a state of the store that was
 *     once, and no older than what the same member has told before. Only of what reads
 */
public record Transaction(List<Guard> guards, List<Op> then, List<Op> otherwise, boolean local) {
    /** A transaction that the members agree on. */
    public Transaction(List<Guard> guards, List<Op> then, List<Op> otherwise) {
        this(guards, then, otherwise, false);
    }

    /** @throws IllegalArgumentException when a branch is empty, or a local one writes */
    public Transaction {
        guards = List.copyOf(guards);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
        if (then.isEmpty() || otherwise.isEmpty()) {
            throw new IllegalArgumentException("a branch without an operation makes a read of one member's own state");
        }
        if (local && (mayWrite(then) || mayWrite(otherwise))) {
            throw new IllegalArgumentException("one member cannot write by itself");
        }
    }

    private static boolean mayWrite(List<Op> steps) {
        return steps.stream().anyMatch(step -> step instanceof Put || step instanceof Delete);
    }

    /** Whether a branch of it writes. */
    public boolean mayWrite() {
        return mayWrite(then) || mayWrite(otherwise);
    }

    /**
     * What has to be so of one key.
     *
     * @param of which of its two revisions is meant
     * @param revision 0 for a key that does not exist
     */
    public record Guard(String key, Of of, long revision) {
        /** A revision of a key. */
        public enum Of {
            /** At which it came to be. */
            CREATED,
            /** At which it was last written. */
            MODIFIED
        }

        /** The key exists, and has since {@code revision}. */
        public static Guard created(String key, long revision) {
            return new Guard(key, Of.CREATED, revision);
        }

        /** There is no such key. */
        public static Guard absent(String key) {
            return new Guard(key, Of.CREATED, 0);
        }

        /** The key was last written at {@code revision}. */
        public static Guard modified(String key, long revision) {
            return new Guard(key, Of.MODIFIED, revision);
        }
    }

    /** One step of a transaction; later ones see what earlier ones wrote. */
    public sealed interface Op {}

    /** Writes a key on a lease. */
    public record Put(String key, String value, long lease) implements Op {}

    /** Deletes a key, if it exists. */
    public record Delete(String key) implements Op {}

    /** Reads one key. */
    public record Get(String key) implements Op {}

    /** Reads the keys that begin with {@code prefix}: the one created first. */
    public record First(String prefix) implements Op {}

    /** Reads all keys that begin with {@code prefix}. */
    public record All(String prefix) implements Op {}

    /**
     * What came of it.
     *
     * @param succeeded whether the guards held
     * @param revision the store's, at which the transaction was carried out
     * @param raftTerm the term of the last entry that the answering member had applied
     * @param found what each operation that reads has found, in their order
     */
    public record Result(boolean succeeded, long revision, long raftTerm, List<List<Entry>> found) {
        public Result {
            found = found.stream().map(List::copyOf).toList();
        }
    }
}
