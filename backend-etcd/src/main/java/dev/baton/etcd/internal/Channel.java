package dev.baton.etcd.internal;

import java.util.List;
import java.util.function.Consumer;

/**
 * One client of one member of the cluster. It connects by itself, once. A channel with an unanswered request is closed and
 * not used again. Only {@link #close} blocks. Each request is answered once or never, on any thread; callers have timeouts
 * of their own.
 */
public interface Channel {
    /** The member's address, as operators see it. */
    String endpoint();

    /** Reads the version of the server at {@code endpoint}, which may be another member than this channel's. */
    void version(String endpoint, Consumer<Reply<String>> then);

    /** Requests a lease. */
    void grant(long ttlSeconds, Consumer<Reply<Lease>> then);

    /** Renews a lease: its time starts anew. */
    void keepAlive(long lease, Consumer<Reply<KeptAlive>> then);

    /**
     * Revokes a lease, which deletes its keys; fails with {@code LEASE_NOT_FOUND} if the lease does not exist (any more).
     */
    void revoke(long lease, Consumer<Reply<Long>> then);

    /** Carries out a transaction. A read-only transaction is linearizable. */
    void transact(Transaction transaction, Consumer<Reply<Transaction.Result>> then);

    /**
     * Reports every change below a prefix, in the order of revisions, for as long as the member has a leader.
     *
     * @param from the first revision to report; 0 for changes from now on
     * @return ends the watch, without waiting
     */
    Runnable watch(String prefix, long from, Watcher watcher);

    /** Closes the client; requests under way are not answered. May block. */
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
     * @param ttlSeconds counted from when the leader handled the request; 0 if the leader does not know the lease
     * @param raftTerm the term of the last entry that the answering member had applied, <em>before</em> the lease was
     *     renewed
     */
    record KeptAlive(long ttlSeconds, long raftTerm) {}

    /** Receives the events of a watch, on any thread, in order. */
    interface Watcher {
        /**
         * The watch has started: every change from the requested revision will be reported.
         *
         * @param revision the store's
         */
        void created(long revision);

        /** These keys changed: all changes up to {@code revision} that were not reported before. */
        void changed(List<Change> changes, long revision);

        /** The watch has ended by itself, for whatever reason. */
        void ended(Failure why);
    }
}
