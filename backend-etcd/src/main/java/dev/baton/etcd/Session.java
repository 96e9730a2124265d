package dev.baton.etcd;

import dev.baton.etcd.session.Change;
import dev.baton.etcd.session.Channel;
import dev.baton.etcd.session.Clients;
import dev.baton.etcd.session.Failure;
import dev.baton.etcd.session.LeaseValidity;
import dev.baton.etcd.session.Line;
import dev.baton.etcd.session.Reply;
import dev.baton.etcd.session.Transaction;
import dev.baton.etcd.session.Transaction.Guard;
import dev.baton.session.Observers;
import dev.baton.session.TermTimes;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Linkage;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One leaseDuration's session: one connection at a time, one lease after another on it, one watch, and all the elections
 * that share them. In the lane.
 */
final class Session implements Renewal.Listener, PrefixWatch.Listener {

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Clients clients;
    private final Duration leaseDuration;
    private final Duration requestTimeout;
    private Duration connecting;
    private final Map<ElectionName, ElectionQueue> queues = new HashMap<>();
    private final Map<String, ElectionQueue> byPrefix = new HashMap<>();
    private final TreeMap<Duration, Integer> retryPeriods = new TreeMap<>();
    private final Revocations revocations;
    private final PrefixWatch watch;
    private final Set<Channel> closing = new LinkedHashSet<>();
    private final Map<String, BackendException> unsafe = new HashMap<>();
    private final Set<String> warned = new LinkedHashSet<>();
    private Set<QueuedClaim> awaitingProof = new LinkedHashSet<>();
    private Duration idlePeriod;
    private double drift;
    private int endpoint;
    private @Nullable Wire wire;
    private boolean connected;
    private boolean everConnected;
    private boolean patient = true;
    private boolean closed;
    private @Nullable Duration reopenDelay;
    private @Nullable Failure failure;
    private @Nullable Lease lease;
    private @Nullable Renewal renewal;
    private boolean granting;
    private Timekeeper.@Nullable Timer nextGrant;
    private List<Runnable> voiding = new ArrayList<>();
    private boolean isVoiding;
    private long newest;
    private long due;
    private @Nullable String complaint;
    final Timekeeper time;
    final Observers observers;
    final Messages messages;
    final Fences fences;
    final Listing listing = new Listing();
    final TermTimes times = new TermTimes();

    private Session(
            Settings settings,
            BackendRuntime runtime,
            Clients clients,
            Fences fences,
            Timekeeper lane,
            ElectionTiming timing) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(EtcdBackend.class);
        this.observers = new Observers(log);
        this.clients = clients;
        this.fences = fences;
        this.time = lane;
        this.leaseDuration = timing.leaseDuration();
        this.requestTimeout = requestTimeout(leaseDuration);
        this.connecting = requestTimeout.multipliedBy(2);
        this.idlePeriod = timing.retryPeriod();
        this.drift = timing.clockDrift();
        this.messages = new Messages(settings);
        this.revocations = new Revocations(lane, idlePeriod, this::revoked);
        this.watch = new PrefixWatch(log, lane, settings.prefix(), idlePeriod, requestTimeout, this);
    }

    /** Starts to connect. In the lane. */
    static Session open(
            Settings settings,
            BackendRuntime runtime,
            Clients clients,
            Fences fences,
            Timekeeper lane,
            ElectionTiming timing) {
        Session session = new Session(settings, runtime, clients, fences, lane, timing);
        session.endpoint = lane.random().nextInt(clients.endpoints().size());
        lane.schedule(settings.connectionTimeout(), session::patienceEnds);
        session.connect();
        return session;
    }

    /** Several requests must fit into the time that a term outlives its last renewal. */
    static Duration requestTimeout(Duration leaseDuration) {
        Duration part = leaseDuration.dividedBy(5);
        Duration least = Duration.ofMillis(500);
        Duration most = Duration.ofSeconds(5);
        return part.compareTo(least) < 0 ? least : part.compareTo(most) > 0 ? most : part;
    }

    // -- the connection -----------------------------------------------------------------------------------------------

    private void connect() {
        if (closed) {
            return;
        }
        List<String> endpoints = clients.endpoints();
        String next = endpoints.get(Math.floorMod(endpoint++, endpoints.size()));
        Wire opened;
        try {
            opened = new Wire(time, clients.open(next), requestTimeout, connecting, this::broken);
        } catch (RuntimeException | Error e) {
            failure = new Failure(Failure.Kind.UNKNOWN, Printable.text(Linkage.describe(e)));
            log.error("could not open a client for etcd at {}: {}", next, failure.detail(), Printable.failure(e));
            reconnectLater();
            return;
        }
        wire = opened;
        for (String each : endpoints) {
            opened.version(each, reply -> version(opened, each, reply));
        }
    }

    private void version(Wire on, String of, Reply<String> reply) {
        if (reply instanceof Reply.Done<String> done) {
            judge(of, done.value());
            if (on == wire && of.equals(on.endpoint()) && !connected) {
                connected(on);
            }
        }
    }

    private void judge(String of, String version) {
        Versions versions = Versions.of(version);
        unsafe.remove(of);
        List<String> faults = new ArrayList<>(versions.faults());
        String reason = versions.unsafe();
        if (reason != null && !settings.unsafeServersAllowed()) {
            BackendException why = messages.unsafe(of, version, reason);
            unsafe.put(of, why);
            complain(why);
        } else if (reason != null) {
            faults.add(0, reason);
        }
        faults.stream()
                .map(fault -> messages.allowed(of, version, fault))
                .filter(warned::add)
                .forEach(log::warn);
    }

    private void connected(Wire on) {
        connected = true;
        everConnected = true;
        failure = null;
        complaint = null;
        log.info("connected to etcd at {}", on.endpoint());
        unsafe.values().forEach(this::complain);
        revocations.connected(on);
        listing.connected(on);
        if (isWatchNeeded()) {
            watch.start(on);
        }
        if (renewal != null) {
            renewal.start(on);
        } else if (isLeaseNeeded()) {
            grant();
        }
        List.copyOf(queues.values()).forEach(ElectionQueue::connected);
    }

    private void broken(Wire broken, Failure why) {
        Channel channel = broken.abandon(why);
        closeLater(channel);
        if (broken != wire) {
            return;
        }
        wire = null;
        patienceFor(broken);
        if (broken.hasServed()) {
            reopenDelay = null;
        }
        boolean was = connected;
        connected = false;
        failure = why;
        if (was) {
            log.warn("gave up the connection to etcd at {}: {}", channel.endpoint(), why.detail());
        }
        if (!mayStillConnect()) {
            complain(unavailable());
        }
        revocations.disconnected();
        listing.disconnected();
        watch.stop();
        if (renewal != null) {
            renewal.pause();
        }
        // A connection attempt that failed leaves those who wait for the first one waiting.
        if (was || !mayStillConnect()) {
            List.copyOf(queues.values()).forEach(ElectionQueue::disconnected);
        }
        reconnectLater();
    }

    /** Doubles the connect timeout after each failed attempt, up to {@code connectionTimeout}. */
    private void patienceFor(Wire broken) {
        Duration least = requestTimeout.multipliedBy(2);
        Duration most = settings.connectionTimeout().compareTo(least) > 0 ? settings.connectionTimeout() : least;
        Duration doubled = connecting.multipliedBy(2);
        connecting = broken.hasAnswered() ? least : doubled.compareTo(most) < 0 ? doubled : most;
    }

    /** After a moment, since the answer to a request for a lease may still come, and the lease has to be revoked then. */
    private void closeLater(Channel channel) {
        closing.add(channel);
        time.schedule(requestTimeout, () -> {
            if (closing.remove(channel)) {
                runtime.callbacks().execute(channel::close);
            }
        });
    }

    /** At once at first, since the next member may well serve; then with growing pauses. */
    private void reconnectLater() {
        Duration delay = reopenDelay == null ? Duration.ofMillis(10) : reopenDelay;
        Duration longest = leaseDuration.dividedBy(5);
        Duration doubled = delay.multipliedBy(2);
        reopenDelay = doubled.compareTo(longest) < 0 ? doubled : longest;
        long jittered = delay.toNanos() / 2 + (long) (time.random().nextDouble() * delay.toNanos() / 2);
        time.schedule(Duration.ofNanos(jittered), () -> {
            if (wire == null) {
                connect();
            }
        });
    }

    /** The wire, while it is connected. */
    @Nullable Wire wire() {
        return connected ? wire : null;
    }

    /** Whether a request may wait for the first connection. */
    boolean mayStillConnect() {
        return !everConnected && patient && (failure == null || failure.isUnknown());
    }

    private void patienceEnds() {
        patient = false;
        if (!everConnected) {
            complain(unavailable());
            List.copyOf(queues.values()).forEach(ElectionQueue::disconnected);
        }
    }

    /** Why there is no connection, or no lease. */
    BackendException unavailable() {
        if (closed) {
            return messages.closed();
        }
        return failure == null ? messages.unreachable() : messages.failed(failure, settings.prefix());
    }

    /** Why nobody may begin to lead here, or null. */
    @Nullable BackendException unsuitable() {
        return unsafe.values().stream().findFirst().orElse(null);
    }

    int epoch() {
        return settings.epoch();
    }

    String prefix(ElectionName election) {
        return settings.prefix() + election + "/";
    }

    /** One line for each problem, however often it recurs. */
    void complain(BackendException why) {
        if (!Objects.equals(why.getMessage(), complaint)) {
            complaint = why.getMessage();
            log.warn("{}", complaint);
        }
    }

    // -- the lease ----------------------------------------------------------------------------------------------------

    /** The lease while it stands and its wire is connected; asks for one otherwise. */
    @Nullable Lease lease() {
        if (lease == null) {
            grant();
        }
        return connected ? lease : null;
    }

    private boolean isLeaseNeeded() {
        return !retryPeriods.isEmpty();
    }

    private void grant() {
        Wire on = wire();
        if (granting || lease != null || on == null || closed || unsuitable() != null) {
            return;
        }
        granting = true;
        long seconds = Math.max(1, (leaseDuration.toNanos() + 999_999_999L) / 1_000_000_000L);
        Moment sentAt = time.now();
        on.grant(seconds, reply -> granted(on, sentAt, reply), late -> revocations.add(late.id()));
    }

    private void granted(Wire on, Moment sentAt, Reply<Channel.Lease> reply) {
        if (reply instanceof Reply.Done<Channel.Lease> done && done.value().ttlSeconds() <= 0) {
            // At once and over again it would be asked for another, which is over as it begins.
            granting = false;
            revocations.add(done.value().id());
            noLease(new Failure(Failure.Kind.REFUSED, "a TTL of " + done.value().ttlSeconds() + " s"));
        } else if (reply instanceof Reply.Done<Channel.Lease> done) {
            long id = done.value().id();
            LeaseValidity validity =
                    new LeaseValidity(sentAt, Duration.ofSeconds(done.value().ttlSeconds()));
            String sentinel = Line.key(settings.prefix() + ".session/", id);
            Transaction.Op look = new Transaction.Get(sentinel);
            on.transactNow(
                    new Transaction(
                            List.of(Guard.absent(sentinel)),
                            List.of(new Transaction.Put(sentinel, "", id), look),
                            List.of(look)),
                    made -> anchored(on, id, sentinel, validity, made));
        } else if (reply instanceof Reply.Failed<Channel.Lease> failed) {
            granting = false;
            noLease(failed.why());
        }
    }

    private void anchored(Wire on, long id, String sentinel, LeaseValidity validity, Reply<Transaction.Result> reply) {
        granting = false;
        if (reply instanceof Reply.Done<Transaction.Result> done
                && done.value().succeeded()
                && on == wire
                && !closed
                && isLeaseNeeded()) {
            Lease made = new Lease(id, sentinel, done.value().revision(), validity);
            begin(on, made);
            return;
        }
        // Whether the sentinel was written does not matter any more when its lease is gone.
        revocations.add(id);
        if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            noLease(failed.why());
        }
    }

    private void begin(Wire on, Lease made) {
        lease = made;
        made.validity.allowFor(drift);
        Duration granted = made.validity.proof().ttl();
        log.info("lease {} at etcd, {}", made.text(), ElectionTiming.text(granted));
        if (granted.minusSeconds(1).compareTo(leaseDuration) >= 0) {
            String sentence = messages.shortest(leaseDuration, granted);
            if (warned.add(sentence)) {
                log.warn("{}", sentence);
            }
        }
        renewal = new Renewal(log, time, made, leaseDuration, period(), this);
        renewal.start(on);
        List.copyOf(queues.values()).forEach(ElectionQueue::connected);
    }

    private void noLease(Failure why) {
        BackendException refused = messages.failed(why, "leases and " + settings.prefix() + ".session/");
        complain(refused);
        List.copyOf(queues.values()).forEach(queue -> queue.fail(refused));
        // One timer, however many ask meanwhile: each would go on for itself, and all of them for ever.
        if (connected && nextGrant == null) {
            nextGrant = time.schedule(period(), () -> {
                nextGrant = null;
                if (isLeaseNeeded()) {
                    grant();
                }
            });
        }
    }

    @Override
    public void over(String why) {
        Lease ended = lease;
        if (ended == null) {
            return;
        }
        log.warn("lease {} {}", ended.text(), why);
        drop(ended);
        awaitingProof.clear();
        List.copyOf(queues.values()).forEach(queue -> queue.leaseEnded(ended, why));
        if (isLeaseNeeded()) {
            grant();
        }
    }

    /** A read sent after the sentinel's last known write returned an older sentinel: the store went back in time. */
    void wentBack(Lease on) {
        if (on == lease) {
            over(Lease.WENT_BACK);
        }
    }

    private void drop(Lease ended) {
        lease = null;
        if (renewal != null) {
            renewal.stop();
            renewal = null;
        }
        revocations.add(ended.id);
    }

    private void revoked(long id) {
        List.copyOf(queues.values()).forEach(queue -> queue.leaseGone(id));
    }

    /**
     * Runs {@code then} once the ticket has been changed by a request sent later than now: no claim's write that was under
     * way before can land any more. Never, if that fails.
     */
    void afterNewTicket(Runnable then) {
        voiding.add(then);
        if (!isVoiding) {
            newTicket();
        }
    }

    private void newTicket() {
        Wire on = wire();
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
                        List.of(new Transaction.Put(current.sentinel, says(), current.id)),
                        List.of(look)),
                reply -> {
                    isVoiding = false;
                    if (reply instanceof Reply.Done<Transaction.Result> done
                            && done.value().succeeded()
                            && done.value().revision() <= ticket) {
                        wentBack(current);
                    } else if (reply instanceof Reply.Done<Transaction.Result> done
                            && done.value().succeeded()) {
                        current.written(done.value().revision());
                        waiting.forEach(Runnable::run);
                    } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
                        refused(failed.why(), current.sentinel);
                        List.copyOf(queues.values()).forEach(ElectionQueue::unsettled);
                    } else {
                        suspect();
                    }
                    if (!voiding.isEmpty()) {
                        newTicket();
                    }
                });
    }

    /** Something that was refused makes it doubtful that the lease still stands. */
    void suspect() {
        if (renewal != null) {
            renewal.suspect();
        }
    }

    @Override
    public void proved() {
        if (complaint != null && unsuitable() == null) {
            complaint = null;
        }
        Set<QueuedClaim> waiting = awaitingProof;
        awaitingProof = new LinkedHashSet<>();
        waiting.forEach(QueuedClaim::proved);
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
        due = newest;
        newest = revision;
        watch.expect(revision);
    }

    /** Whether the watch has told of the sentinel's last write but one, which has had a renewal's time to arrive. */
    boolean isWatchFresh() {
        return watch.hasTold(due);
    }

    @Override
    public void unwritable(Failure why, String what) {
        complain(messages.failed(why, what));
    }

    @Override
    public void refused(Failure why, String what) {
        BackendException refused = messages.failed(why, what);
        complain(refused);
        Set<QueuedClaim> waiting = awaitingProof;
        awaitingProof = new LinkedHashSet<>();
        waiting.forEach(queued -> queued.unproven(refused));
    }

    /** What is certain of the lease for long enough to be of use, or null. */
    LeaseValidity.@Nullable Proof proof(ElectionTiming timing) {
        if (lease == null) {
            return null;
        }
        LeaseValidity.Proof proof = lease.validity.proof();
        // A term that would be over as it begins is withdrawn, and tried again, at once and over again.
        long useful = Math.min(timing.renewDeadline().toNanos(), timing.scaledNanos(proof.ttl()));
        return time.now().hasReached(proof.aliveAt().plusNanos(useful)) ? null : proof;
    }

    void awaitProof(QueuedClaim queued) {
        awaitingProof.add(queued);
    }

    // -- the watch ----------------------------------------------------------------------------------------------------

    private boolean isWatchNeeded() {
        return !queues.isEmpty();
    }

    /** Whether changes are being told of. */
    boolean isWatching() {
        return watch.isLive();
    }

    @Override
    public void live(boolean anew) {
        List.copyOf(queues.values()).forEach(queue -> queue.watchLives(anew));
    }

    @Override
    public void silent() {
        List.copyOf(queues.values()).forEach(ElectionQueue::watchEnded);
    }

    @Override
    public void changed(List<Change> changes) {
        Set<ElectionQueue> affected = new LinkedHashSet<>();
        for (Change change : changes) {
            ElectionQueue queue = contestOf(change.key());
            if (queue != null) {
                queue.changed(change);
                affected.add(queue);
            } else if (lease != null && change.key().equals(lease.sentinel) && change.entry() == null) {
                suspect();
            }
        }
        affected.forEach(ElectionQueue::settle);
    }

    @Override
    public void ended(Failure why) {
        if (why.kind() == Failure.Kind.PERMISSION || why.kind() == Failure.Kind.CREDENTIALS) {
            complain(messages.failed(why, settings.prefix()));
        }
        Wire on = wire;
        if (on != null && (why.kind() == Failure.Kind.NO_LEADER || why.kind() == Failure.Kind.CREDENTIALS)) {
            broken(on, why);
        }
    }

    /** The election below whose name {@code key} is: two parts of the path, whatever follows. */
    private @Nullable ElectionQueue contestOf(String key) {
        String prefix = settings.prefix();
        int first = key.indexOf('/', prefix.length());
        int second = first < 0 ? -1 : key.indexOf('/', first + 1);
        return second < 0 ? null : byPrefix.get(key.substring(0, second + 1));
    }

    // -- the elections ------------------------------------------------------------------------------------------------

    ElectionQueue queue(ElectionName election) {
        ElectionQueue queue = queues.computeIfAbsent(election, name -> new ElectionQueue(this, name, prefix(name)));
        byPrefix.put(queue.prefix, queue);
        Wire on = wire();
        if (on != null && !watch.isRunning()) {
            watch.start(on);
        }
        return queue;
    }

    @Nullable QueuedClaim find(Claim claim) {
        ElectionQueue queue = queues.get(claim.election());
        return queue == null ? null : queue.find(claim);
    }

    void observe(ElectionName election, ElectionWatcher watcher) {
        observers.add(election, watcher);
        queue(election).observed();
    }

    void unobserve(ElectionName election, ElectionWatcher watcher) {
        observers.remove(election, watcher);
        forget(queues.get(election));
    }

    void joined(Claim claim) {
        retryPeriods.merge(claim.timing().retryPeriod(), 1, Integer::sum);
        drift = Math.max(drift, claim.timing().clockDrift());
        if (lease != null) {
            lease.validity.allowFor(drift);
        }
        adjust();
    }

    void left(ElectionQueue queue, Claim claim) {
        retryPeriods.computeIfPresent(claim.timing().retryPeriod(), (period, uses) -> uses > 1 ? uses - 1 : null);
        adjust();
        forget(queue);
    }

    private void forget(@Nullable ElectionQueue queue) {
        if (queue != null && !queue.isNeeded()) {
            queues.remove(queue.election, queue);
            byPrefix.remove(queue.prefix, queue);
        }
        if (queues.isEmpty()) {
            // Not at once: the revocation would compete with what the successor asks, and whoever contends again soon
            // finds all of it in place.
            time.schedule(idlePeriod, this::rest);
        }
    }

    /** Nothing of ours has to stay behind when the last election of this session has ended. */
    private void rest() {
        if (!queues.isEmpty()) {
            return;
        }
        watch.forget();
        if (lease != null) {
            drop(lease);
        }
    }

    /** Between one try and the next. */
    Duration pause() {
        return idlePeriod;
    }

    private Duration period() {
        return retryPeriods.isEmpty() ? idlePeriod : retryPeriods.firstKey();
    }

    private void adjust() {
        if (renewal != null) {
            renewal.every(period());
        }
    }

    // -- the end ------------------------------------------------------------------------------------------------------

    /**
     * No more of anything.
     *
     * @return what has to be done outside the lane: revokes the lease, waits for that for a while, closes the channels
     */
    Runnable close() {
        closed = true;
        Wire on = wire();
        if (lease != null) {
            drop(lease);
        }
        watch.stop();
        List<Channel> channels = new ArrayList<>(closing);
        closing.clear();
        if (wire != null) {
            channels.add(wire.abandon(new Failure(Failure.Kind.UNKNOWN, "the backend was closed")));
            wire = null;
        }
        Channel usable = on == null ? null : channels.get(channels.size() - 1);
        connected = false;
        SessionCloser closer = new SessionCloser(usable, revocations.all(), requestTimeout);
        return () -> {
            closer.say();
            channels.forEach(Channel::close);
        };
    }
}
