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
 * A claim's key on one lease, from its write to its deletion: the questions that are asked of it, one of a kind at a time.
 * Whoever enters the line again has another key, so an answer about the former is told from one about this. In the lane.
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

    /** @param prefix the election's */
    OwnKey(Lease lease, String prefix) {
        this.lease = lease;
        this.at = Line.key(prefix, lease.id);
        this.ticket = lease.ticket();
        this.prefix = prefix;
    }

    /** The revision at which it was created. */
    long created() {
        return created;
    }

    /** It stands, created at that revision. */
    void stands(long revision) {
        created = revision;
    }

    /** Whether its write may yet be carried out, since the answer was lost. */
    void mayStillLand(boolean unknown) {
        mayStillLand = unknown;
    }

    /** Whether it has been first in line. */
    boolean isFirst() {
        return first;
    }

    void first(boolean is) {
        first = is;
    }

    /** Whether somebody else has written to it, so that it does not go with our lease any more. */
    boolean isSpoiled() {
        return spoiled;
    }

    void spoil() {
        spoiled = true;
    }

    /** Whether {@code entry} is what was created here. */
    boolean is(Entry entry) {
        return entry.key().equals(at) && entry.created() == created;
    }

    /** Writes it, unless it exists, the lease has ended, or the ticket was changed. */
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
     * Finds out whether its write has been carried out whose answer was lost, or did not say. Where it may still be on its
     * way, not finding the key would prove nothing, but for the ticket: once that has changed, the write cannot land any
     * more.
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

    /** What was to settle its write has failed. */
    void unsettled() {
        asked.remove(Question.SETTLE);
    }

    /**
     * Reads whether it is first in line, and whether it stands. What the watch has told may be old, and a term never begins
     * on it; what is first in any state of the store stays first for as long as its key exists, since those that come later
     * stand behind. So the member that told of the line may answer by itself: whether the key still exists, the proof of
     * the lease answers, and the watch.
     */
    void read(Wire wire, boolean byItself, Consumer<Reply<Transaction.Result>> then) {
        if (asked.add(Question.READ)) {
            wire.transactSooner(
                    new Transaction(
                            List.of(Guard.created(at, created), Guard.created(lease.sentinel, lease.sentinelCreated)),
                            List.of(new Transaction.First(prefix)),
                            List.of(new Transaction.Get(at)),
                            byItself),
                    reply -> answered(Question.READ, reply, then));
        }
    }

    /** Reads whether it stands, together with others that are asked about. */
    void seek(Listing listing, Consumer<Reply<Listing.Listed>> then) {
        if (asked.add(Question.SEEK)) {
            listing.ask(new Transaction.Get(at), reply -> {
                if (asked.contains(Question.SEEK)) {
                    answered(Question.SEEK, reply, then);
                }
            });
        }
    }

    /** Deletes it. Created at its revision, it is ours beyond doubt. */
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

    /** What was asked is not going to be answered. */
    void disconnected() {
        asked.clear();
    }

    private <T> void answered(Question question, Reply<T> reply, Consumer<Reply<T>> then) {
        asked.remove(question);
        then.accept(reply);
    }
}
