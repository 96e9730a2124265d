package dev.baton.register;

import dev.baton.register.Register.Entry;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One claim on one register, confined to the loop.
 *
 * <p>It remembers every write with an unknown outcome, and the revision that the write expected: while the register is at
 * that revision, the write may still land. A refusal settles only the request that it answers; only a read shows whether
 * a copy of the request has landed before (rule 3.4).
 */
final class RegisterClaim {
    /** The revision that a creation expects. */
    private static final long ABSENT = -1;

    /** No revision. */
    private static final long NOWHERE = -2;

    private static final int MOST_ROUNDS = 3;

    private final Claim claim;
    private final ElectionView view;
    private final RegisterBackend backend;
    private final List<Sent> unknown = new ArrayList<>();
    private @Nullable Entry written;
    /** Whether a write was refused and no read has followed. */
    private boolean unread;

    private @Nullable FencingToken token;
    private long refuted = NOWHERE;

    /** A write under way, compared by identity. */
    private static final class Sent {
        private final long place;

        Sent(long place) {
            this.place = place;
        }
    }

    RegisterClaim(Claim claim, ElectionView view, RegisterBackend backend) {
        this.claim = claim;
        this.view = view;
        this.backend = backend;
    }

    /**
     * Whether a change at {@code revision} to {@code entry} shows that this granted claim is gone. Another record at the
     * revision of this claim's own record is a loss, too: a restored store gives the same revision again.
     */
    boolean isGone(@Nullable Entry entry, long revision) {
        if (token == null || written == null) {
            return false;
        }
        return entry == null
                ? revision > written.revision()
                : revision >= written.revision() && !entry.record().isBy(claim);
    }

    // -- acquire --------------------------------------------------------------------------------------------------

    /**
     * A record that the watch has just shown to be free is overwritten at once: the write is conditional on that
     * revision, and a read first would only cost time. After a whole lease without a change the claim reads first: the
     * store may have been restored from a backup meanwhile, so that its revisions have reached the one seen again.
     */
    void acquire(Moment deadline, CompletableFuture<Answer> answer) {
        LastSeen lastSeen = view.lastSeen();
        if (view.isFreeSince(claim.timing().retryPeriod()) && unknown.isEmpty() && lastSeen.revision() != refuted) {
            take(lastSeen.entry(), deadline, answer);
        } else {
            read(deadline, answer, entry -> take(entry, deadline, answer));
        }
    }

    private void take(@Nullable Entry entry, Moment deadline, CompletableFuture<Answer> answer) {
        Duration wait = view.lastSeen().wait(now());
        if (entry == null && wait.isZero()) {
            take(null, LeaderRecord.first(claim, now().wall()), deadline, answer);
        } else if (entry != null && (entry.record().isFree() || entry.record().isBy(claim) || wait.isZero())) {
            take(entry, entry.record().takenBy(claim, now().wall()), deadline, answer);
        } else if (view.lastSeen().isEndless()) {
            fail(answer, view.endless());
        } else {
            // Also where the record vanished: it still belongs to its holder until the lease last seen has run out.
            answer.complete(new Answer.Refused(view.holder(), Chance.after(wait)));
        }
    }

    private void take(
            @Nullable Entry expected, LeaderRecord record, Moment deadline, CompletableFuture<Answer> answer) {
        long seen = view.lastSeen().revision();
        write(expected, record, deadline, (sentAt, entry, failure) -> {
            if (entry != null && isSeenGone(entry)) {
                answer.complete(new Answer.Refused(
                        view.holder(), Chance.after(view.lastSeen().wait(now()))));
            } else if (entry != null) {
                token = new FencingToken(backend.epoch(), entry.revision());
                answer.complete(granted(sentAt, token));
            } else if (failure instanceof ConflictException) {
                refuted = seen;
                answer.complete(new Answer.Refused(null, Chance.now()));
            } else {
                fail(answer, failure);
            }
        });
    }

    /** Whether a change has shown that the claim is gone, before the answer to its acquire arrived. */
    private boolean isSeenGone(Entry taken) {
        LastSeen lastSeen = view.lastSeen();
        Entry seen = lastSeen.entry();
        return lastSeen.revision() > taken.revision()
                && (seen == null || !seen.record().isBy(claim));
    }

    // -- renew ----------------------------------------------------------------------------------------------------

    void renew(Moment deadline, CompletableFuture<Answer> answer) {
        Entry last = written;
        if (token == null) {
            answer.complete(new Answer.Refused(view.holder(), Chance.now()));
        } else if (last != null && unknown.isEmpty()) {
            rewrite(last, token, deadline, answer, true);
        } else {
            reread(token, deadline, answer);
        }
    }

    private void rewrite(
            Entry last, FencingToken kept, Moment deadline, CompletableFuture<Answer> answer, boolean again) {
        write(last, last.record().renewedBy(claim, now().wall()), deadline, (sentAt, entry, failure) -> {
            if (entry != null) {
                answer.complete(granted(sentAt, kept));
            } else if (failure instanceof ConflictException && again) {
                reread(kept, deadline, answer);
            } else {
                fail(answer, failure);
            }
        });
    }

    /** The register moved: an unknown write of this claim, an edit by another client (no loss), or a successor. */
    private void reread(FencingToken kept, Moment deadline, CompletableFuture<Answer> answer) {
        read(deadline, answer, entry -> {
            if (entry != null && entry.record().isBy(claim)) {
                rewrite(entry, kept, deadline, answer, false);
            } else {
                answer.complete(new Answer.Refused(
                        view.holder(), Chance.after(view.lastSeen().wait(now()))));
            }
        });
    }

    // -- withdraw -------------------------------------------------------------------------------------------------

    void withdraw(Moment deadline, CompletableFuture<Void> answer) {
        if (written == null && unknown.isEmpty() && !unread) {
            done(answer);
        } else {
            withdraw(deadline, answer, MOST_ROUNDS);
        }
    }

    private void withdraw(Moment deadline, CompletableFuture<Void> answer, int rounds) {
        if (rounds == 0) {
            fail(answer, new BackendException("the record of " + claim.election() + " changes too fast; retrying"));
            return;
        }
        read(deadline, answer, entry -> {
            if (entry != null && entry.record().isBy(claim)) {
                release(entry, entry.record().released(now().wall()), deadline, answer, rounds);
            } else if (unknown.isEmpty()) {
                done(answer);
            } else if ((entry != null && entry.record().isFree())
                    || view.lastSeen().wait(now()).isZero()) {
                // A record that this claim might take may be voided: that of a dead holder would never move on. Where
                // the record of a living holder has vanished, a free one would let others lead before its lease has
                // run out.
                LeaderRecord free = entry == null
                        ? LeaderRecord.vacancy(now().wall())
                        : entry.record().released(now().wall());
                release(entry, free, deadline, answer, rounds);
            } else {
                fail(answer, new BackendException("a write of " + claim + " may still be under way; looking again"));
            }
        });
    }

    /** Writes a free record over this claim's record, or at the revision where a write of this claim may still land. */
    private void release(
            @Nullable Entry expected, LeaderRecord free, Moment deadline, CompletableFuture<Void> answer, int rounds) {
        write(expected, free, deadline, (sentAt, entry, failure) -> {
            if (entry != null) {
                done(answer);
            } else if (failure instanceof ConflictException) {
                withdraw(deadline, answer, rounds - 1);
            } else {
                fail(answer, failure);
            }
        });
    }

    private void done(CompletableFuture<Void> answer) {
        view.settled(claim);
        answer.complete(null);
    }

    // -- calls ----------------------------------------------------------------------------------------------------

    private interface Read {
        void then(@Nullable Entry entry);
    }

    private interface Written {
        void then(Moment sentAt, @Nullable Entry entry, @Nullable Throwable failure);
    }

    private void read(Moment deadline, CompletableFuture<?> answer, Read then) {
        long known = view.lastSeen().revision();
        backend.call(
                "a read of " + claim.election(),
                deadline,
                () -> backend.register().read(claim.election()),
                (found, failure) -> {
                    if (found == null) {
                        fail(answer, failure);
                        return;
                    }
                    Entry entry = found.orElse(null);
                    if (isOvertaken(entry, known)) {
                        read(deadline, answer, then);
                        return;
                    }
                    if (!view.saw(entry)) {
                        fail(answer, stale(entry == null ? 0 : entry.revision()));
                        return;
                    }
                    forgetPast(entry);
                    unread = false;
                    recognise(entry);
                    then.then(entry);
                },
                (found, failure) -> {});
    }

    /** Whether the entry read is older than a change that arrived while the answer was under way. */
    private boolean isOvertaken(@Nullable Entry entry, long knownWhenAsked) {
        long seen = view.lastSeen().revision();
        return seen > knownWhenAsked
                && (entry == null || (entry.revision() >= knownWhenAsked && entry.revision() < seen));
    }

    private BackendException stale(long revision) {
        return new BackendException(view.kind() + " answered a read of " + claim.election() + " with revision "
                + revision + " after revision " + view.lastSeen().revision()
                + " had been seen: a stale read, or a store restored from a backup; in that case raise the epoch and"
                + " restart every candidate");
    }

    /** Writes that expected another revision than this cannot land any more: revisions only grow. */
    private void forgetPast(@Nullable Entry entry) {
        long place = entry == null ? ABSENT : entry.revision();
        unknown.removeIf(sent -> sent.place != place);
    }

    private void write(@Nullable Entry expected, LeaderRecord next, Moment deadline, Written then) {
        Sent sent = new Sent(expected == null ? ABSENT : expected.revision());
        unknown.add(sent);
        Moment[] sentAt = {now()};
        backend.call(
                "a write of " + claim.election(),
                deadline,
                () -> {
                    sentAt[0] = now();
                    return backend.register().write(claim.election(), expected, next);
                },
                (entry, failure) -> {
                    settle(sent, entry, failure);
                    then.then(sentAt[0], entry, failure);
                },
                (entry, failure) -> settle(sent, entry, failure));
    }

    /** A known outcome settles its write; a write that moved the register settles all that expected its revision. */
    private void settle(Sent sent, @Nullable Entry entry, @Nullable Throwable failure) {
        if (entry != null) {
            unknown.removeIf(other -> other.place == sent.place);
            view.saw(entry);
            recognise(entry);
        } else if (isDefinite(failure)) {
            unknown.remove(sent);
            unread = true;
        }
    }

    private static boolean isDefinite(@Nullable Throwable failure) {
        return failure instanceof ConflictException
                || (failure instanceof BackendException refused && refused.isNotWritten());
    }

    /** This claim withdraws a record that it wrote, also when the answer to that write was lost and a read shows it. */
    private void recognise(@Nullable Entry entry) {
        if (entry != null && entry.record().isBy(claim) && (written == null || entry.revision() > written.revision())) {
            written = entry;
        }
    }

    private Answer granted(Moment sentAt, FencingToken granted) {
        return new Answer.Granted(sentAt, claim.timing().leaseDuration(), granted);
    }

    private Moment now() {
        return backend.time().now();
    }

    private static void fail(CompletableFuture<?> answer, @Nullable Throwable failure) {
        answer.completeExceptionally(failure == null ? new BackendException("no answer") : failure);
    }

    /** The holder of this claim, for the watchers of this process. */
    static Holder holder(Entry entry, FencingToken token) {
        LeaderRecord record = entry.record();
        return new Holder(
                record.holderIdentity(),
                record.nonce().isEmpty() ? null : record.nonce(),
                token,
                record.acquireTime(),
                record.renewTime(),
                record.transitions());
    }
}
