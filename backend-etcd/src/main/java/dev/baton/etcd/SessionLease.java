package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.LeaseValidity;
import dev.baton.etcd.internal.Line;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import dev.baton.internal.session.Proof;
import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The lease of a session, one after another: requested while a claim needs one, proved by its sentinel, renewed, and
 * revoked once it is given up. In the lane.
 */
final class SessionLease {
    private final Logger log;
    private final Timekeeper time;
    private final Duration leaseDuration;
    private final String folder;
    private final Revocations revocations;
    private final Messages messages;
    private final Listener listener;
    private final Set<String> warned = new HashSet<>();
    private double drift;
    private @Nullable Lease lease;
    private @Nullable Renewal renewal;
    private boolean granting;
    private Timekeeper.@Nullable Timer nextGrant;
    private List<Runnable> voiding = new ArrayList<>();
    private boolean isVoiding;

    /** The session of the lease: supplies what the lease needs, and receives its events. */
    interface Listener extends Renewal.Listener {
        /** The wire, while it is connected. */
        @Nullable Wire wire();

        /** Whether a claim needs a lease. */
        boolean isLeaseNeeded();

        /** The reason why no lease may be requested, or null. */
        @Nullable BackendException unsuitable();

        /** The period of renewals. */
        Duration period();

        /** A lease has begun. */
        void begun();

        /** The lease was given up, and may still be alive at etcd. */
        void ended(Lease lease, String why);

        /** etcd has confirmed that the lease is gone, with its keys. */
        void gone(long lease);

        /** A request for a lease has failed. */
        void none(Failure why, String what);

        /** The ticket could not be changed. */
        void unsettled(Failure why, String what);
    }

    /** @param prefix the key below which this session's sentinels are */
    SessionLease(
            Logger log, Timekeeper time, ElectionTiming timing, String prefix, Messages messages, Listener listener) {
        this.log = log;
        this.time = time;
        this.leaseDuration = timing.leaseDuration();
        this.drift = timing.clockDrift();
        this.messages = messages;
        this.folder = prefix + ".session/";
        this.revocations = new Revocations(time, timing.retryPeriod(), listener::gone);
        this.listener = listener;
    }

    /** The current lease; without one, requests one and returns null. */
    @Nullable Lease get() {
        if (lease == null) {
            grant();
        }
        return lease;
    }

    /** Whether {@code key} is the sentinel of the current lease. */
    boolean isSentinel(String key) {
        return lease != null && key.equals(lease.sentinel);
    }

    /** Revokes on {@code on} the leases that were given up before. */
    void revokeOwed(Wire on) {
        revocations.connected(on);
    }

    /** Continues with the lease on {@code on}, or requests one. */
    void resume(Wire on) {
        if (renewal != null) {
            renewal.start(on);
        } else {
            grant();
        }
    }

    void disconnected() {
        revocations.disconnected();
        if (renewal != null) {
            renewal.pause();
        }
    }

    /** Allows for clocks that err by at least {@code clockDrift} from now on. */
    void allowFor(double clockDrift) {
        drift = Math.max(drift, clockDrift);
        if (lease != null) {
            lease.validity.allowFor(drift);
        }
    }

    /** The period of the renewals may have changed. */
    void adjust() {
        if (renewal != null) {
            renewal.every(listener.period());
        }
    }

    /** The current proof of the lease, or null if there is none that is of use. */
    @Nullable Proof proof(ElectionTiming timing) {
        if (lease == null) {
            return null;
        }
        LeaseValidity.Proof proof = lease.validity.proof();
        // A term that was over as it began would be withdrawn and begun again, over and over.
        long useful = Math.min(timing.renewDeadline().toNanos(), timing.scaledNanos(proof.ttl()));
        return time.now().hasReached(proof.aliveAt().plusNanos(useful))
                ? null
                : new Proof(proof.aliveAt(), proof.ttl());
    }

    // -- getting one --------------------------------------------------------------------------------------------------

    private void grant() {
        Wire on = listener.wire();
        if (granting || lease != null || on == null || !listener.isLeaseNeeded() || listener.unsuitable() != null) {
            return;
        }
        granting = true;
        long seconds = Math.max(1, (leaseDuration.toNanos() + 999_999_999L) / 1_000_000_000L);
        Moment sentAt = time.now();
        on.grant(seconds, reply -> granted(on, sentAt, reply), late -> revocations.add(late.id()));
    }

    private void granted(Wire on, Moment sentAt, Reply<Channel.Lease> reply) {
        if (reply instanceof Reply.Done<Channel.Lease> done && done.value().ttlSeconds() <= 0) {
            // The next lease would be over as it begins as well: a request at once would repeat for ever.
            granting = false;
            revocations.add(done.value().id());
            none(new Failure(Failure.Kind.REFUSED, "a TTL of " + done.value().ttlSeconds() + " s"));
        } else if (reply instanceof Reply.Done<Channel.Lease> done) {
            long id = done.value().id();
            LeaseValidity validity =
                    new LeaseValidity(sentAt, Duration.ofSeconds(done.value().ttlSeconds()));
            String sentinel = Line.key(folder, id);
            Transaction.Op look = new Transaction.Get(sentinel);
            on.transactNow(
                    new Transaction(
                            List.of(Guard.absent(sentinel)),
                            List.of(new Transaction.Put(sentinel, "", id), look),
                            List.of(look)),
                    made -> anchored(on, id, sentinel, validity, made));
        } else if (reply instanceof Reply.Failed<Channel.Lease> failed) {
            granting = false;
            none(failed.why());
        }
    }

    private void anchored(Wire on, long id, String sentinel, LeaseValidity validity, Reply<Transaction.Result> reply) {
        granting = false;
        if (reply instanceof Reply.Done<Transaction.Result> done
                && done.value().succeeded()
                && on == listener.wire()
                && listener.isLeaseNeeded()) {
            begin(on, new Lease(id, sentinel, done.value().revision(), validity));
            return;
        }
        // Whether the sentinel was written does not matter once its lease is gone.
        revocations.add(id);
        if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            none(failed.why());
        }
    }

    private void begin(Wire on, Lease made) {
        lease = made;
        made.validity.allowFor(drift);
        Duration granted = made.validity.proof().ttl();
        log.info("lease {} at etcd, {}", made.text(), ElectionTiming.text(granted));
        renewal = new Renewal(log, time, made, leaseDuration, listener.period(), listener);
        renewal.start(on);
        warnIfLonger(granted);
        listener.begun();
    }

    /** Warns, once for each duration, that etcd keeps a lease for longer than was asked for. */
    private void warnIfLonger(Duration granted) {
        if (granted.minusSeconds(1).compareTo(leaseDuration) >= 0) {
            String sentence = messages.shortest(leaseDuration, granted);
            if (warned.add(sentence)) {
                log.warn("{}", sentence);
            }
        }
    }

    private void none(Failure why) {
        listener.none(why, "leases and " + folder);
        // One timer for all requests that fail meanwhile: each timer would start the next, for ever.
        if (listener.wire() != null && nextGrant == null) {
            nextGrant = time.schedule(listener.period(), () -> {
                nextGrant = null;
                grant();
            });
        }
    }

    // -- giving it up -------------------------------------------------------------------------------------------------

    /** Gives the current lease up, if there is one. */
    void end(String why) {
        Lease ended = lease;
        if (ended == null) {
            return;
        }
        log.warn("lease {} {}", ended.text(), why);
        drop();
        listener.ended(ended, why);
        grant();
    }

    /** A read sent after the sentinel's last known write returned an older sentinel: the store went back in time. */
    void wentBack(Lease on) {
        if (on == lease) {
            end(Lease.WENT_BACK);
        }
    }

    /** Gives the lease up without a log line: no term depends on it. */
    void drop() {
        Lease ended = lease;
        lease = null;
        if (renewal != null) {
            renewal.stop();
            renewal = null;
        }
        if (ended != null) {
            revocations.add(ended.id);
        }
    }

    /** The leases that etcd has not confirmed to be gone. */
    List<Long> owed() {
        return revocations.all();
    }

    /** Checks the lease at once: a refused request makes it doubtful that the lease still exists. */
    void suspect() {
        if (renewal != null) {
            renewal.suspect();
        }
    }

    // -- its ticket ---------------------------------------------------------------------------------------------------

    /**
     * Runs {@code then} once a request sent after this call has changed the ticket: earlier writes of claims cannot take
     * effect any more. If that fails, {@code then} never runs.
     */
    void afterNewTicket(Runnable then) {
        voiding.add(then);
        if (!isVoiding) {
            newTicket();
        }
    }

    private void newTicket() {
        Wire on = listener.wire();
        Lease current = lease;
        if (on == null || current == null) {
            voiding.clear();
            return;
        }
        List<Runnable> waiting = voiding;
        voiding = new ArrayList<>();
        isVoiding = true;
        long ticket = current.ticket();
        Transaction.Op look = new Transaction.Get(current.sentinel);
        on.transactNow(
                new Transaction(
                        List.of(Guard.created(current.sentinel, current.sentinelCreated)),
                        List.of(new Transaction.Put(current.sentinel, listener.says(), current.id)),
                        List.of(look)),
                reply -> {
                    isVoiding = false;
                    ticketAnswered(current, ticket, reply, waiting);
                    if (!voiding.isEmpty()) {
                        newTicket();
                    }
                });
    }

    private void ticketAnswered(Lease on, long ticket, Reply<Transaction.Result> reply, List<Runnable> waiting) {
        if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            listener.unsettled(failed.why(), on.sentinel);
        } else if (reply instanceof Reply.Done<Transaction.Result> done
                && done.value().succeeded()) {
            if (done.value().revision() <= ticket) {
                wentBack(on);
            } else {
                on.written(done.value().revision());
                waiting.forEach(Runnable::run);
            }
        } else {
            suspect();
        }
    }
}
