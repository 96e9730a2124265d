package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Line;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A claim's key on one lease, from its write to its deletion, and the requests that concern it, one of a kind at a time. A
 * claim that enters the line again has another {@code OwnKey}, so answers about the former key are told apart. In the lane.
 */
final class OwnKey {
    private enum Question {
        SETTLE,
        READ,
        SEEK,
        DELETE
    }

    final Lease lease;
    final String at;
    final long ticket;
    private final String prefix;
    private final Set<Question> asked = EnumSet.noneOf(Question.class);
    private long created;
    private boolean mayStillLand;
    private boolean first;
    private boolean spoiled;

    /** @param prefix the election's prefix */
    OwnKey(Lease lease, String prefix) {
        this.lease = lease;
        this.at = Line.key(prefix, lease.id);
        this.ticket = lease.ticket();
        this.prefix = prefix;
    }

    /** The revision at which the key was created. */
    long created() {
        return created;
    }

    /** The key exists, created at that revision. */
    void stands(long revision) {
        created = revision;
    }

    /** Sets whether etcd may still carry out the write: its answer was lost. */
    void mayStillLand(boolean unknown) {
        mayStillLand = unknown;
    }

    /** Whether the key has been first in line. */
    boolean isFirst() {
        return first;
    }

    void first(boolean is) {
        first = is;
    }

    /** Whether another client has overwritten the key, which then does not end with the lease of this session any more. */
    boolean isSpoiled() {
        return spoiled;
    }

    void spoil() {
        spoiled = true;
    }

    /** Whether {@code entry} is this key, as it was created. */
    boolean is(Entry entry) {
        return entry.key().equals(at) && entry.created() == created;
    }

    /** Writes the key, unless it exists, the lease has ended, or the ticket has changed. */
    void write(Wire wire, String identity, Consumer<Reply<Transaction.Result>> then) {
        List<Guard> guards = List.of(
                Guard.absent(at),
                Guard.created(lease.sentinel, lease.sentinelCreated),
                Guard.modified(lease.sentinel, ticket));
        wire.transact(
                new Transaction(
                        guards,
                        List.of(new Transaction.Put(at, identity, lease.id), new Transaction.First(prefix)),
                        List.of(new Transaction.Get(at), new Transaction.Get(lease.sentinel))),
                then);
    }

    /**
     * Finds out whether a write was carried out whose answer left that unknown. If etcd may still carry it out, a
     * read that does not find the key proves nothing by itself. After a change of the ticket it does: the write cannot take
     * effect any more.
     */
    void settle(Wire wire, SessionLease leases, Consumer<Reply<Transaction.Result>> then) {
        if (!asked.add(Question.SETTLE)) {
            return;
        }
        List<Transaction.Op> read = List.of(new Transaction.Get(at));
        Runnable look = () -> wire.transactSooner(
                new Transaction(List.of(), read, read), reply -> answered(Question.SETTLE, reply, then));
        if (mayStillLand) {
            leases.afterNewTicket(look);
        } else {
            look.run();
        }
    }

    /** The attempt to settle the write has failed. */
    void unsettled() {
        asked.remove(Question.SETTLE);
    }

    /**
     * Reads whether the key is first in line, and whether it exists. The watch's view may be old, and a term never begins
     * on it. A key that is first in any state of the store stays first while it exists, since later keys stand behind it.
     * So {@code local} lets the member that sent the watch's events answer from its own state: the proof of the lease, and
     * the watch, tell whether the key still exists.
     */
    void read(Wire wire, boolean local, Consumer<Reply<Transaction.Result>> then) {
        if (asked.add(Question.READ)) {
            wire.transactSooner(
                    new Transaction(
                            List.of(Guard.created(at, created), Guard.created(lease.sentinel, lease.sentinelCreated)),
                            List.of(new Transaction.First(prefix)),
                            List.of(new Transaction.Get(at)),
                            local),
                    reply -> answered(Question.READ, reply, then));
        }
    }

    /** Reads whether the key exists, together with other keys. */
    void seek(Listing listing, Consumer<Reply<Listing.Listed>> then) {
        if (asked.add(Question.SEEK)) {
            listing.ask(new Transaction.Get(at), reply -> {
                if (asked.contains(Question.SEEK)) {
                    answered(Question.SEEK, reply, then);
                }
            });
        }
    }

    /** Deletes the key. The creation revision proves that the key is this claim's. */
    void delete(Wire wire, Consumer<Reply<Transaction.Result>> then) {
        if (asked.add(Question.DELETE)) {
            wire.transactSooner(
                    new Transaction(
                            List.of(Guard.created(at, created)),
                            List.of(new Transaction.Delete(at)),
                            List.of(new Transaction.Get(at))),
                    reply -> answered(Question.DELETE, reply, then));
        }
    }

    /** The requests under way will not be answered. */
    void disconnected() {
        asked.clear();
    }

    private <T> void answered(Question question, Reply<T> reply, Consumer<Reply<T>> then) {
        asked.remove(question);
        then.accept(reply);
    }
}
