package dev.baton.etcd.internal;

import java.util.List;
import java.util.function.Consumer;

/**
 * One client of one member of the cluster. Connects by itself, once; a channel on which something has gone unanswered is
 * closed and not used again. Nothing here blocks but {@link #close}. Answers come once or never, on any thread; who asks
 * has a timeout of its own.
 */
public interface Channel {
    /** Where it leads, for people. */
    String endpoint();

    /** The version of the server at {@code endpoint}, which need not be the one that this channel leads to. */
    void version(String endpoint, Consumer<Reply<String>> then);

    /** Makes a lease. */
    void grant(long ttlSeconds, Consumer<Reply<Lease>> then);

    /** Restarts the time of a lease. */
    void keepAlive(long lease, Consumer<Reply<KeptAlive>> then);

    /** Ends a lease and deletes its keys; {@code LEASE_NOT_FOUND} when there is none, any more. */
    void revoke(long lease, Consumer<Reply<Long>> then);

    /** Carries out a transaction. One that only reads is linearizable. */
    void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then);

    /**
     * Tells of every change below a prefix, in the order of revisions, for as long as the member has a leader.
     *
     * @param from the first revision to tell of; 0 for what is to come
     * @return ends it, without waiting
     */
    Runnable watch(String prefix, long from, Watcher watcher);

    /** Gives up everything under way. May block. */
    void close();

    /**
     * A lease as granted.
     *
     * @param ttlSeconds may be more than was asked for
     */
    record Lease(long id, long ttlSeconds) {}

    /**
     * A lease as renewed.
     *
     * @param ttlSeconds from when the leader handled it; 0 when it knows no such lease
     * @param raftTerm the term of the last entry that the answering member had applied, <em>before</em> the lease was
     *     renewed
     */
    record KeptAlive(long ttlSeconds, long raftTerm) {}

    /** What a watch tells, on any thread, in order. */
    interface Watcher {
        /**
         * It was made: every change from the revision asked for will be told.
         *
         * @param revision the store's
         */
        void created(long revision);

        /** These changed; all that did up to {@code revision}, and that were not told before. */
        void changed(List<Change> changes, long revision);

        /** It has ended by itself, for whatever reason. */
        void ended(Failure why);
    }
}
