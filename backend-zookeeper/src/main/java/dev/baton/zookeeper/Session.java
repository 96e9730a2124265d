package dev.baton.zookeeper;

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
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.SessionValidity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The sessions of one leaseDuration, one after another, and the elections that share them. In the lane, except for {@link
 * #start} and {@link #close}.
 */
final class Session implements ElectionSession, Grants.Provable, SessionClient.Owner {
    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Clients clients;
    private final Duration leaseDuration;
    private final SessionClient client;
    private final Elections elections = new Elections(this);
    private final RetryPeriods retryPeriods;
    private @Nullable Wire wire;
    private @Nullable Heartbeat heartbeat;
    private boolean connected;
    private @Nullable BackendException unsuitable;
    private final Complaints complaints;
    final Timekeeper time;
    final Observers observers;
    final Messages messages;
    final Reachability reachability;
    final AwaitingProof awaitingProof = new AwaitingProof();
    final Parents parents = new Parents();
    private final TermTimes times = new TermTimes();
    private volatile boolean leads;

    Session(Settings settings, BackendRuntime runtime, Clients clients, Timekeeper lane, ElectionTiming timing) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(ZooKeeperBackend.class);
        this.observers = new Observers(log);
        this.complaints = new Complaints(log);
        this.clients = clients;
        this.time = lane;
        this.leaseDuration = timing.leaseDuration();
        this.retryPeriods = new RetryPeriods(timing.retryPeriod());
        this.client = new SessionClient(settings, runtime, clients, lane, leaseDuration, retryPeriods, this);
        this.messages = new Messages(settings);
        this.reachability = new Reachability(lane, messages, client, settings.connectionTimeout(), this::unreachable);
    }

    @Override
    public void start() {
        time.execute(() -> {
            reachability.await();
            client.open();
        });
    }

    @Override
    public void close() {
        client.close();
    }

    /** The wire, while it is connected. */
    @Nullable Wire wire() {
        return connected ? wire : null;
    }

    int epoch() {
        return settings.epoch();
    }

    /** The pause between two attempts, at first. */
    Duration pause() {
        return retryPeriods.idle();
    }

    Duration leaseDuration() {
        return leaseDuration;
    }

    @Override
    public @Nullable BackendException unsuitable() {
        return unsuitable;
    }

    @Override
    public @Nullable Proof proof(ElectionTiming timing) {
        SessionValidity.Proof proof = wire == null ? null : wire.validity.proof();
        if (proof == null) {
            return null;
        }
        Duration guaranteed = proof.guaranteedFor(timing.clockDrift());
        Moment end = proof.aliveAt().plusNanos(timing.scaledNanos(guaranteed));
        return time.now().hasReached(end) ? null : new Proof(proof.aliveAt(), guaranteed);
    }

    /** The term with this token number was granted. */
    void termBegun(long number) {
        times.begun(number, time.now().wall());
        leads = true;
    }

    /** The term is over, if it has begun. */
    void termEnded(long number) {
        times.ended(number);
        leads = !times.isEmpty();
    }

    @Override
    public boolean leads() {
        return leads;
    }

    /** Runs {@code then} once a write sent after this call was acknowledged; never, if the connection is lost before. */
    void afterWrite(Runnable then) {
        if (heartbeat != null) {
            heartbeat.after(then);
        }
    }

    /** The path of the node {@code name} below the base path. */
    String path(String name) {
        String base = settings.basePath();
        return base.endsWith("/") ? base + name : base + "/" + name;
    }

    @Override
    public QueuedClaim queued(Claim claim) {
        return elections.queue(claim.election()).queued(claim);
    }

    @Override
    public @Nullable QueuedClaim find(Claim claim) {
        ElectionQueue queue = elections.find(claim.election());
        return queue == null ? null : queue.find(claim);
    }

    @Override
    public void observe(ElectionName election, ElectionWatcher watcher) {
        observers.add(election, watcher);
        adjust();
        elections.queue(election).observed();
    }

    @Override
    public void unobserve(ElectionName election, ElectionWatcher watcher) {
        observers.remove(election, watcher);
        forget(elections.queue(election));
    }

    void joined(Claim claim) {
        retryPeriods.add(claim.timing().retryPeriod());
        adjust();
    }

    void left(ElectionQueue queue, Claim claim) {
        retryPeriods.remove(claim.timing().retryPeriod());
        forget(queue);
    }

    private void forget(ElectionQueue queue) {
        elections.forget(queue);
        adjust();
    }

    /** Runs the heartbeat while a claim or an observer needs the session, with the shortest retryPeriod of the claims. */
    private void adjust() {
        if (heartbeat == null || !connected) {
            return;
        }
        if (retryPeriods.isEmpty() && observers.isEmpty()) {
            heartbeat.pause();
        } else {
            heartbeat.every(retryPeriods.shortest());
            heartbeat.start();
        }
    }

    /** Logs each problem once, however often it recurs. */
    void complain(BackendException why) {
        complaints.warn(why);
    }

    @Override
    public void opened(Wire opened) {
        Wire before = wire;
        if (before != null) {
            ended(before, false);
        }
        wire = opened;
        reachability.opened();
        client.connects();
        String folder = path(".heartbeat");
        heartbeat = new Heartbeat(
                log,
                time,
                opened,
                parents,
                folder,
                leaseDuration,
                retryPeriods.idle(),
                times::text,
                this::heartbeatFailed,
                this::heartbeatStuck);
    }

    private void heartbeatFailed(Wire.Reply reply) {
        if (!reply.isUnknown()) {
            BackendException why = messages.failed(reply.code(), reply.path());
            complain(why);
            awaitingProof.refused(why);
        }
    }

    private void heartbeatStuck() {
        complain(messages.late("write the heartbeat"));
        client.replace();
    }

    @Override
    public void changed(Wire on, Wire.Change change) {
        if (on != wire) {
            return;
        }
        switch (change.state()) {
            case SyncConnected -> connected(on, change.attemptedAt());
            case Disconnected, ConnectedReadOnly -> disconnected(on);
            case Expired -> ended(on, on.timeout().isZero() || on.timeout().isNegative());
            case AuthFailed -> authFailed(on);
            default -> log.debug("session 0x{} is {}", Long.toHexString(on.sessionId()), change.state());
        }
    }

    private void connected(Wire on, @Nullable Moment attemptedAt) {
        Duration negotiated = on.timeout();
        on.validity.connected(attemptedAt, negotiated);
        connected = true;
        reachability.connected();
        client.connected();
        unsuitable =
                negotiated.compareTo(leaseDuration) < 0 ? messages.timeoutTooShort(leaseDuration, negotiated) : null;
        log.info(
                "connected to ZooKeeper at {}, session 0x{}, timeout {}",
                settings.connectString(),
                Long.toHexString(on.sessionId()),
                ElectionTiming.text(negotiated));
        complaints.clear();
        if (unsuitable != null) {
            complain(unsuitable);
        }
        adjust();
        elections.forEach(ElectionQueue::connected);
    }

    private void disconnected(Wire on) {
        on.validity.disconnected();
        if (!connected) {
            return;
        }
        connected = false;
        client.connects();
        log.warn(
                "lost the connection to ZooKeeper at {}, session 0x{}",
                settings.connectString(),
                Long.toHexString(on.sessionId()));
        if (heartbeat != null) {
            heartbeat.pause();
        }
        elections.forEach(ElectionQueue::disconnected);
    }

    /** The session is over for this process; {@code declared} if it is known to be over at the ensemble as well. */
    private void ended(Wire over, boolean declared) {
        disconnected(over);
        over.leave();
        over.validity.ended();
        wire = null;
        heartbeat = null;
        client.connects();
        awaitingProof.clear();
        boolean confirmed = declared || over.sessionId() == 0;
        if (declared) {
            // The server that said so can be reached: requests may wait for the next session, from now on.
            reachability.opened();
            reachability.await();
        }
        if (over.sessionId() != 0) {
            log.warn("session 0x{} has ended", Long.toHexString(over.sessionId()));
        }
        elections.forEach(queue -> queue.sessionEnded(over, confirmed));
        if (!confirmed) {
            Runnable gone = () -> elections.forEach(queue -> queue.sessionGone(over));
            new SessionCloser(clients, runtime, time, leaseDuration, over.handle(), gone).start();
        }
    }

    private void authFailed(Wire on) {
        reachability.rejected(true);
        complain(messages.credentialsRejected());
        // If the servers do not insist on the login that failed, the handle lives on without it.
        if (on.handle().isRejected()) {
            client.replace();
        } else {
            reachability.rejected(false);
        }
    }

    @Override
    public boolean isOver() {
        return wire != null && wire.isOver();
    }

    @Override
    public void givenUp() {
        if (wire != null) {
            ended(wire, false);
        }
        elections.forEach(ElectionQueue::disconnected);
    }

    @Override
    public void proved(Wire on) {
        if (on != wire) {
            return;
        }
        reachability.rejected(false);
        client.serves();
        awaitingProof.proved();
    }

    private void unreachable() {
        complain(reachability.unavailable());
        elections.forEach(ElectionQueue::disconnected);
    }
}
