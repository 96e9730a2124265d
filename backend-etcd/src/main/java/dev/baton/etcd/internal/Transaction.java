package dev.baton.etcd.internal;

import java.util.List;

/**
 * One transaction: if every guard holds, etcd carries out {@code then}, else {@code otherwise}, atomically.
 *
 * <p>Each branch has at least one operation. etcd would answer a read-only transaction with an empty branch from the state
 * of one member, without asking the others.
 *
 * @param local whether that is wanted: an answer from the asked member's own state, a past state of the store that is no
 *     older than any that the same member has reported before. Only for read-only transactions
 */
public record Transaction(List<Guard> guards, List<Op> then, List<Op> otherwise, boolean local) {
    /** A transaction that the members agree on. */
    public Transaction(List<Guard> guards, List<Op> then, List<Op> otherwise) {
        this(guards, then, otherwise, false);
    }

    /** @throws IllegalArgumentException if a branch is empty, or a local transaction writes */
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

    /** Whether a branch writes. */
    public boolean mayWrite() {
        return mayWrite(then) || mayWrite(otherwise);
    }

    /**
     * A condition on one key.
     *
     * @param of which of the key's two revisions is compared
     * @param revision 0 for a key that does not exist
     */
    public record Guard(String key, Of of, long revision) {
        /** A revision of a key. */
        public enum Of {
            /** The revision of the creation. */
            CREATED,
            /** The revision of the last write. */
            MODIFIED
        }

        /** The key exists, and was created at {@code revision}. */
        public static Guard created(String key, long revision) {
            return new Guard(key, Of.CREATED, revision);
        }

        /** The key does not exist. */
        public static Guard absent(String key) {
            return new Guard(key, Of.CREATED, 0);
        }

        /** The key was last written at {@code revision}. */
        public static Guard modified(String key, long revision) {
            return new Guard(key, Of.MODIFIED, revision);
        }
    }

    /** One step of a transaction; later steps see the writes of earlier ones. */
    public sealed interface Op {}

    /** Writes a key on a lease. */
    public record Put(String key, String value, long lease) implements Op {}

    /** Deletes a key, if it exists. */
    public record Delete(String key) implements Op {}

    /** Reads one key. */
    public record Get(String key) implements Op {}

    /** Reads the first created of the keys that begin with {@code prefix}. */
    public record First(String prefix) implements Op {}

    /** Reads all keys that begin with {@code prefix}. */
    public record All(String prefix) implements Op {}

    /**
     * The result of a transaction.
     *
     * @param succeeded whether the guards held
     * @param revision the store's, at which the transaction was carried out
     * @param raftTerm the term of the last entry that the answering member had applied
     * @param found the entries that each reading operation found, in order
     */
    public record Result(boolean succeeded, long revision, long raftTerm, List<List<Entry>> found) {
        public Result {
            found = found.stream().map(List::copyOf).toList();
        }
    }
}
