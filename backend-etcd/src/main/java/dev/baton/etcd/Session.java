package dev.baton.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import dev.baton.etcd.internal.Failure;
import dev.baton.internal.session.AwaitingProof;
import dev.baton.internal.session.Complaints;
import dev.baton.internal.session.ElectionSession;
import dev.baton.internal.session.Grants;
import dev.baton.internal.session.Observers;
import dev.baton.internal.session.Proof;
import dev.baton.internal.session.RetryPeriods;
import dev.baton.internal.session.TermTimes;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The session of one leaseDuration: its {@link Connection}, its {@link SessionLease}, one watch, and the elections that
 * share them. In the lane, except for {@link #start} and {@link #close}.
 */
final class Session
        implements ElectionSession, Grants.Provable, Connection.Listener, SessionLease.Listener, PrefixWatch.Listener {
    private final Settings settings;
    private final Logger log;
    private final Duration requestTimeout;
    private final Connection connection;
    private final PrefixWatch watch;
    private final Elections elections;
    private final RetryPeriods retryPeriods;
    private final Complaints complaints;
    final SessionLease lease;
    final Timekeeper time;
    final Observers observers;
    final Messages messages;
    final Fences fences;
    final AwaitingProof awaitingProof = new AwaitingProof();
    final Listing listing = new Listing();
    final TermTimes times = new TermTimes();

    Session(
            Settings settings,
            BackendRuntime runtime,
            Clients clients,
            Fences fences,
            Timekeeper lane,
            ElectionTiming timing) {
        this.settings = settings;
        this.log = runtime.logger(EtcdBackend.class);
        this.observers = new Observers(log);
        this.complaints = new Complaints(log);
        this.fences = fences;
        this.time = lane;
        Duration leaseDuration = timing.leaseDuration();
        this.elections = new Elections(this, settings.prefix());
        this.requestTimeout = Connection.requestTimeout(leaseDuration);
        this.retryPeriods = new RetryPeriods(timing.retryPeriod());
        this.messages = new Messages(settings);
        this.connection = new Connection(settings, runtime, clients, messages, complaints, lane, leaseDuration, this);
        this.lease = new SessionLease(log, lane, timing, settings.prefix(), messages, this);
        this.watch = new PrefixWatch(log, lane, settings.prefix(), timing.retryPeriod(), requestTimeout, this);
    }

    @Override
    public void start() {
        time.execute(connection::start);
    }

    // -- the connection -----------------------------------------------------------------------------------------------

    @Override
    public void connected(Wire on) {
        lease.revokeOwed(on);
        listing.connected(on);
        if (!elections.isEmpty()) {
            watch.start(on);
        }
        lease.resume(on);
        elections.forEach(ElectionQueue::connected);
    }

    @Override
    public void disconnected(boolean wasConnected) {
        listing.disconnected();
        watch.stop();
        lease.disconnected();
        // After a failed attempt, requests that wait for the first connection go on waiting.
        if (wasConnected || !connection.mayStillConnect()) {
            elections.forEach(ElectionQueue::disconnected);
        }
    }

    @Override
    public @Nullable Wire wire() {
        return connection.wire();
    }

    /** Whether a request may wait for the first connection. */
    boolean mayStillConnect() {
        return connection.mayStillConnect();
    }

    /** The reason why there is no connection, or no lease. */
    BackendException unavailable() {
        return connection.unavailable();
    }

    @Override
    public @Nullable Proof proof(ElectionTiming timing) {
        return lease.proof(timing);
    }

    @Override
    public @Nullable BackendException unsuitable() {
        return connection.unsuitable();
    }

    int epoch() {
        return settings.epoch();
    }

    /** Logs each problem once, however often it recurs. */
    void complain(BackendException why) {
        complaints.warn(why);
    }

    // -- the lease ----------------------------------------------------------------------------------------------------

    @Override
    public boolean isLeaseNeeded() {
        return !retryPeriods.isEmpty() && !connection.isClosed();
    }

    @Override
    public Duration period() {
        return retryPeriods.shortest();
    }

    @Override
    public void begun() {
        elections.forEach(ElectionQueue::connected);
    }

    @Override
    public void ended(Lease given, String why) {
        awaitingProof.clear();
        elections.forEach(queue -> queue.leaseEnded(given, why));
    }

    @Override
    public void gone(long id) {
        elections.forEach(queue -> queue.leaseGone(id));
    }

    @Override
    public void none(Failure why, String what) {
        BackendException refused = messages.failed(why, what);
        complain(refused);
        elections.forEach(queue -> queue.fail(refused));
    }

    @Override
    public void unsettled(Failure why, String what) {
        refused(why, what);
        elections.forEach(ElectionQueue::unsettled);
    }

    @Override
    public void over(String why) {
        lease.end(why);
    }

    @Override
    public void proved() {
        if (unsuitable() == null) {
            complaints.clear();
        }
        awaitingProof.proved();
    }

    @Override
    public void refused(Failure why, String what) {
        BackendException refused = messages.failed(why, what);
        complain(refused);
        awaitingProof.refused(refused);
    }

    @Override
    public void unwritable(Failure why, String what) {
        complain(messages.failed(why, what));
    }

    @Override
    public String says() {
        return times.text();
    }

    @Override
    public boolean leads() {
        return !times.isEmpty();
    }

    @Override
    public void written(long revision) {
        watch.expect(revision);
    }

    // -- the watch ----------------------------------------------------------------------------------------------------

    /** Whether the watch reports changes. */
    boolean isWatching() {
        return watch.isLive();
    }

    /** Whether the watch has reported the sentinel's last write but one, which had the time of a renewal to arrive. */
    boolean isWatchFresh() {
        return watch.isFresh();
    }

    @Override
    public void live(boolean anew) {
        elections.forEach(queue -> queue.watchLives(anew));
    }

    @Override
    public void silent() {
        elections.forEach(ElectionQueue::watchEnded);
    }

    @Override
    public void changed(List<Change> changes) {
        for (Change change : changes) {
            if (change.entry() == null && lease.isSentinel(change.key())) {
                lease.suspect();
            }
        }
        elections.changed(changes);
    }

    @Override
    public void ended(Failure why) {
        if (why.kind() == Failure.Kind.PERMISSION || why.kind() == Failure.Kind.CREDENTIALS) {
            complain(messages.failed(why, settings.prefix()));
        }
        Wire on = wire();
        if (on != null && (why.kind() == Failure.Kind.NO_LEADER || why.kind() == Failure.Kind.CREDENTIALS)) {
            connection.broken(on, why);
        }
    }

    // -- the elections ------------------------------------------------------------------------------------------------

    private ElectionQueue queue(ElectionName election) {
        ElectionQueue queue = elections.queue(election);
        Wire on = wire();
        if (on != null && !watch.isRunning()) {
            watch.start(on);
        }
        return queue;
    }

    @Override
    public QueuedClaim queued(Claim claim) {
        return queue(claim.election()).queued(claim);
    }

    @Override
    public @Nullable QueuedClaim find(Claim claim) {
        ElectionQueue queue = elections.find(claim.election());
        return queue == null ? null : queue.find(claim);
    }

    @Override
    public void observe(ElectionName election, ElectionWatcher watcher) {
        observers.add(election, watcher);
        queue(election).observed();
    }

    @Override
    public void unobserve(ElectionName election, ElectionWatcher watcher) {
        observers.remove(election, watcher);
        forget(elections.find(election));
    }

    void joined(Claim claim) {
        retryPeriods.add(claim.timing().retryPeriod());
        lease.allowFor(claim.timing().clockDrift());
        lease.adjust();
    }

    void left(ElectionQueue queue, Claim claim) {
        retryPeriods.remove(claim.timing().retryPeriod());
        lease.adjust();
        forget(queue);
    }

    private void forget(@Nullable ElectionQueue queue) {
        if (queue != null) {
            elections.forget(queue);
        }
        if (elections.isEmpty()) {
            // Not at once: the revocation would compete with the requests of the successor, and a candidate that
            // contends again soon finds lease and watch in place.
            time.schedule(retryPeriods.idle(), this::rest);
        }
    }

    /** Revokes the lease and stops the watch once the last election of this session has ended. */
    private void rest() {
        if (elections.isEmpty()) {
            watch.forget();
            lease.drop();
        }
    }

    /** The pause between two attempts. */
    Duration pause() {
        return retryPeriods.idle();
    }

    // -- the end ------------------------------------------------------------------------------------------------------

    /** Revokes the lease, waits for that for a while, and closes the channels. */
    @Override
    public void close() {
        CompletableFuture<Runnable> rest = new CompletableFuture<>();
        time.execute(() -> rest.complete(end()));
        rest.join().run();
    }

    /** Ends everything in the lane; returns what remains to be done outside the lane. */
    private Runnable end() {
        lease.drop();
        watch.stop();
        Connection.Remains remains = connection.close();
        SessionCloser closer = new SessionCloser(remains.usable(), lease.owed(), requestTimeout);
        return () -> {
            closer.say();
            remains.all().forEach(Channel::close);
        };
    }
}
