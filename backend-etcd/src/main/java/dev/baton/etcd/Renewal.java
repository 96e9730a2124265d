package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.etcd.internal.Transaction.Guard;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keeps one lease alive for all its elections together, and proves it: a keepAlive, then a read of the sentinel, at a fixed
 * cadence, and never two pairs at a time. Once a leaseDuration, and at each beat during a term, it writes the sentinel
 * instead of reading it. The session's own watch must then report that write; a watch that does not is dead. In the lane.
 */
final class Renewal {

    /**
     * A new raft leader makes one pair inconclusive, two at most; if more are inconclusive, the next pair waits for the
     * next beat.
     */
    private static final int PAIRS_A_BEAT = 3;

    private final Logger log;
    private final Timekeeper time;
    private final Lease lease;
    private final Duration leaseDuration;
    private final Listener listener;
    private Duration period;
    private @Nullable Wire wire;
    private @Nullable Moment due;
    private Timekeeper.@Nullable Timer timer;
    private Moment written;
    private boolean asking;
    private boolean again;
    private int pairs;
    private boolean late;
    private boolean stopped;

    /** Receives the results of renewals. */
    interface Listener {
        /** A new proof of the lease has come. */
        void proved();

        /** The session must not use the lease any more, whether or not etcd still keeps it. */
        void over(String why);

        /** The sentinel was written at {@code revision}: the watch should report that. */
        void written(long revision);

        /** Whether any term depends on the lease. */
        boolean leads();

        /** The text to write to the sentinel, for operators. */
        String says();

        /** The servers refused to write {@code what}; the renewal goes on with reads. */
        void unwritable(Failure why, String what);

        /** The servers refused a request on {@code what}. */
        void refused(Failure why, String what);
    }

    Renewal(Logger log, Timekeeper time, Lease lease, Duration leaseDuration, Duration period, Listener listener) {
        this.log = log;
        this.time = time;
        this.lease = lease;
        this.leaseDuration = leaseDuration;
        this.period = period;
        this.listener = listener;
        this.written = time.now();
    }

    /** Starts on the connection {@code on}, at once. */
    void start(Wire on) {
        wire = on;
        beat();
    }

    /** Pauses: the connection is lost. */
    void pause() {
        wire = null;
        asking = false;
        again = false;
        disarm();
    }

    /** Stops for good. */
    void stop() {
        stopped = true;
        pause();
    }

    /** Sets the cadence; a shorter one takes effect at once. */
    void every(Duration newPeriod) {
        if (newPeriod.equals(period)) {
            return;
        }
        period = newPeriod;
        Moment soonest = time.now().plus(newPeriod);
        if (due != null && soonest.isBefore(due)) {
            arm(soonest);
        }
    }

    /** Proves the lease again as soon as possible: the session has reason to doubt it. */
    void suspect() {
        if (asking) {
            again = true;
        } else {
            ask();
        }
    }

    private void beat() {
        disarm();
        if (wire == null || stopped) {
            return;
        }
        Moment now = time.now();
        // The next beat counts from when this one was due: delays of the timer would stretch the cadence.
        boolean onTime = due != null && !now.isBefore(due) && now.nanosSince(due) < period.toNanos();
        arm(onTime && due != null ? due.plus(period) : now.plus(period));
        pairs = 0;
        if (!asking) {
            ask();
        }
    }

    private void ask() {
        Wire on = wire;
        if (on == null || stopped) {
            return;
        }
        Moment sentAt = time.now();
        if (lease.validity.hasRunOut(sentAt)) {
            listener.over("could not be proved alive for its whole TTL");
            return;
        }
        asking = true;
        pairs++;
        on.keepAlive(lease.id, reply -> {
            if (wire == on && !stopped) {
                kept(on, sentAt, reply);
            }
        });
    }

    private void kept(Wire on, Moment sentAt, Reply<Channel.KeptAlive> reply) {
        if (reply instanceof Reply.Done<Channel.KeptAlive> done) {
            lease.validity.kept(time.now());
            confirm(on, sentAt, done.value());
        } else if (reply instanceof Reply.Failed<Channel.KeptAlive> failed) {
            if (failed.why().kind() == Failure.Kind.LEASE_NOT_FOUND) {
                // A member that lags, or has lost the leadership, says this of a lease that lives: the sentinel
                // decides.
                confirm(on, sentAt, new Channel.KeptAlive(0, 0));
            } else {
                refused(failed.why(), "the lease " + lease.text());
            }
        }
    }

    /** Runs only after the answer to the keepAlive: a read that overtook the keepAlive would prove nothing. */
    private void confirm(Wire on, Moment sentAt, Channel.KeptAlive kept) {
        // During a term each beat writes: the claim can be deleted while the lease lives, which only a live watch
        // reports.
        Duration pause = listener.leads() ? period.dividedBy(2) : leaseDuration;
        boolean writes = time.now().nanosSince(written) >= pause.toNanos();
        long ticket = lease.ticket();
        Transaction.Op look = new Transaction.Get(lease.sentinel);
        Transaction.Op step = writes ? new Transaction.Put(lease.sentinel, listener.says(), lease.id) : look;
        Guard stands = Guard.created(lease.sentinel, lease.sentinelCreated);
        // A write over a store that went back in time would hide that it did.
        List<Guard> guards = writes ? List.of(stands, Guard.modified(lease.sentinel, ticket)) : List.of(stands);
        on.transactNow(new Transaction(guards, List.of(step), List.of(look)), reply -> {
            if (wire == on && !stopped) {
                confirmed(sentAt, kept, writes, ticket, reply);
            }
        });
    }

    private void confirmed(
            Moment sentAt, Channel.KeptAlive kept, boolean wrote, long ticket, Reply<Transaction.Result> reply) {
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            asking = false;
            Transaction.Result result = done.value();
            if (!stands(wrote, result)) {
                listener.over("has ended, or its sentinel was deleted");
                return;
            }
            // If the ticket has changed meanwhile, the transaction read the sentinel instead.
            boolean put = wrote && result.succeeded();
            long newest = writtenAt(put, result);
            if (newest < ticket) {
                listener.over(Lease.WENT_BACK);
                return;
            }
            note(put, newest);
            boolean proved = lease.validity.confirmed(sentAt, kept, result.raftTerm());
            if (proved) {
                onTime(Duration.ofNanos(time.now().nanosSince(sentAt)));
                listener.proved();
            }
            if (again || (!proved && kept.ttlSeconds() > 0 && pairs < PAIRS_A_BEAT)) {
                // Between keepAlive and read the cluster elected a leader; the next pair decides.
                again = false;
                ask();
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            if (wrote && !failed.why().isUnknown()) {
                // The renewal reads for a while: a full database, for example, can be read but not written.
                written = time.now();
                listener.unwritable(failed.why(), lease.sentinel);
                ask();
            } else {
                refused(failed.why(), lease.sentinel);
            }
        }
    }

    private boolean stands(boolean wrote, Transaction.Result result) {
        return result.succeeded()
                || (wrote
                        && result.found().get(0).stream()
                                .anyMatch(sentinel -> sentinel.created() == lease.sentinelCreated));
    }

    /** The revision at which the sentinel was last written, according to {@code result}. */
    private static long writtenAt(boolean wrote, Transaction.Result result) {
        return wrote ? result.revision() : result.found().get(0).get(0).modified();
    }

    private void note(boolean wrote, long revision) {
        lease.written(revision);
        if (wrote) {
            written = time.now();
            listener.written(revision);
        }
    }

    private void onTime(Duration took) {
        boolean slow = took.compareTo(leaseDuration.dividedBy(3)) > 0;
        if (slow && !late) {
            log.warn("etcd took {} to renew lease {}", ElectionTiming.text(took), lease.text());
        } else if (late && !slow) {
            log.info("etcd renews lease {} quickly again", lease.text());
        }
        late = slow;
    }

    private void refused(Failure why, String what) {
        asking = false;
        again = false;
        if (!why.isUnknown()) {
            listener.refused(why, what);
        }
    }

    private void arm(Moment at) {
        disarm();
        due = at;
        timer = time.schedule(Duration.ofNanos(Math.max(0, at.nanosSince(time.now()))), this::beat);
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
