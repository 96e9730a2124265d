package dev.baton.etcd;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Reply;
import dev.baton.internal.Linkage;
import dev.baton.internal.session.Complaints;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The connection of a session, to one member after another: replaced when it breaks, and judged by the versions of the
 * members. In the lane.
 */
final class Connection {
    /** The pause before the first new attempt: the next member may well serve. */
    private static final Duration AT_ONCE = Duration.ofMillis(10);

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Clients clients;
    private final Messages messages;
    private final Complaints complaints;
    private final Timekeeper time;
    private final Duration requestTimeout;
    private final Duration longestPause;
    private final Listener listener;
    private final Set<Channel> closing = new LinkedHashSet<>();
    private final Map<String, BackendException> unsafe = new HashMap<>();
    private final Set<String> warned = new LinkedHashSet<>();
    private Duration connectTimeout;
    private int endpoint;
    private @Nullable Wire wire;
    private boolean connected;
    private boolean everConnected;
    private boolean patient = true;
    private boolean closed;
    private @Nullable Duration pause;
    private @Nullable Failure failure;

    /** Receives the state of the connection. */
    interface Listener {
        /** A member answers on {@code wire}. */
        void connected(Wire wire);

        /**
         * An attempt has failed, or the connection broke.
         *
         * @param wasConnected whether {@link #connected} was called before
         */
        void disconnected(boolean wasConnected);
    }

    Connection(
            Settings settings,
            BackendRuntime runtime,
            Clients clients,
            Messages messages,
            Complaints complaints,
            Timekeeper lane,
            Duration leaseDuration,
            Listener listener) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(EtcdBackend.class);
        this.clients = clients;
        this.messages = messages;
        this.complaints = complaints;
        this.time = lane;
        this.requestTimeout = requestTimeout(leaseDuration);
        this.longestPause = leaseDuration.dividedBy(5);
        this.connectTimeout = requestTimeout.multipliedBy(2);
        this.listener = listener;
    }

    /** The limit of one request: several must fit into the time by which a lease at etcd outlives its term. */
    static Duration requestTimeout(Duration leaseDuration) {
        Duration part = leaseDuration.dividedBy(5);
        Duration least = Duration.ofMillis(500);
        Duration most = Duration.ofSeconds(5);
        return part.compareTo(least) < 0 ? least : part.compareTo(most) > 0 ? most : part;
    }

    /** Starts to connect, to a member chosen at random. */
    void start() {
        endpoint = time.random().nextInt(clients.endpoints().size());
        time.schedule(settings.connectionTimeout(), this::patienceEnds);
        connect();
    }

    /** The wire, while it is connected. */
    @Nullable Wire wire() {
        return connected ? wire : null;
    }

    /** Whether a request may wait for the first connection. */
    boolean mayStillConnect() {
        return !everConnected && patient && (failure == null || failure.isUnknown());
    }

    boolean isClosed() {
        return closed;
    }

    /** The reason why there is no connection. */
    BackendException unavailable() {
        if (closed) {
            return messages.closed();
        }
        return failure == null ? messages.unreachable() : messages.failed(failure, settings.prefix());
    }

    /** The reason why no candidate may begin to lead on these members, or null. */
    @Nullable BackendException unsuitable() {
        return unsafe.values().stream().findFirst().orElse(null);
    }

    private void connect() {
        if (closed) {
            return;
        }
        List<String> endpoints = clients.endpoints();
        String next = endpoints.get(Math.floorMod(endpoint++, endpoints.size()));
        Duration limit = connectTimeout;
        Timekeeper.Timer slow = time.schedule(
                limit, () -> unopened(next, new TimeoutException("still opening after " + ElectionTiming.text(limit))));
        // Opening a channel runs the user's settings, which may block or throw.
        runtime.callbacks().execute(() -> open(next, slow));
    }

    /** Outside the lane. */
    private void open(String at, Timekeeper.Timer slow) {
        try {
            Channel channel = clients.open(at);
            time.execute(() -> {
                slow.cancel();
                opened(channel);
            });
        } catch (Throwable e) {
            time.execute(() -> {
                slow.cancel();
                unopened(at, e);
                connectLater();
            });
        }
    }

    private void opened(Channel channel) {
        if (closed) {
            runtime.callbacks().execute(channel::close);
            return;
        }
        Wire opened = new Wire(time, channel, requestTimeout, connectTimeout, this::broken);
        wire = opened;
        for (String each : clients.endpoints()) {
            opened.version(each, reply -> version(opened, each, reply));
        }
    }

    private void unopened(String at, Throwable why) {
        failure = new Failure(Failure.Kind.UNKNOWN, Printable.text(Linkage.describe(why)));
        log.error("could not open a client for etcd at {}: {}", at, failure.detail(), Printable.failure(why));
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
            complaints.warn(why);
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
        complaints.clear();
        log.info("connected to etcd at {}", on.endpoint());
        unsafe.values().forEach(complaints::warn);
        listener.connected(on);
    }

    /** Abandons the connection; connects to the next member if the abandoned one is the current one. */
    void broken(Wire broken, Failure why) {
        Channel channel = broken.abandon(why);
        closeLater(channel);
        if (broken != wire) {
            return;
        }
        wire = null;
        connectTimeout = timeoutAfter(broken);
        if (broken.hasServed()) {
            pause = null;
        }
        boolean was = connected;
        connected = false;
        failure = why;
        if (was) {
            log.warn("gave up the connection to etcd at {}: {}", channel.endpoint(), why.detail());
        }
        if (!mayStillConnect()) {
            complaints.warn(unavailable());
        }
        listener.disconnected(was);
        connectLater();
    }

    /** Doubles the connect timeout after each failed attempt, up to {@code connectionTimeout}. */
    private Duration timeoutAfter(Wire broken) {
        Duration least = requestTimeout.multipliedBy(2);
        Duration most = settings.connectionTimeout().compareTo(least) > 0 ? settings.connectionTimeout() : least;
        Duration doubled = connectTimeout.multipliedBy(2);
        return broken.hasAnswered() ? least : doubled.compareTo(most) < 0 ? doubled : most;
    }

    /**
     * Closes the channel after a moment: the answer to a request for a lease may still come, and the lease must then be
     * revoked.
     */
    private void closeLater(Channel channel) {
        closing.add(channel);
        time.schedule(requestTimeout, () -> {
            if (closing.remove(channel)) {
                runtime.callbacks().execute(channel::close);
            }
        });
    }

    /** Connects after a pause, which is short at first and doubles with each attempt, up to a limit. */
    private void connectLater() {
        Duration delay = pause == null ? AT_ONCE : pause;
        Duration doubled = delay.multipliedBy(2);
        pause = doubled.compareTo(longestPause) < 0 ? doubled : longestPause;
        long jittered = delay.toNanos() / 2 + (long) (time.random().nextDouble() * delay.toNanos() / 2);
        time.schedule(Duration.ofNanos(jittered), () -> {
            if (wire == null) {
                connect();
            }
        });
    }

    private void patienceEnds() {
        patient = false;
        if (!everConnected) {
            complaints.warn(unavailable());
            listener.disconnected(false);
        }
    }

    /** The channels that a closed connection leaves; {@code usable} is one of {@code all} if the connection was up. */
    record Remains(@Nullable Channel usable, List<Channel> all) {}

    /** Ends the connection for good. The caller closes the channels outside the lane. */
    Remains close() {
        closed = true;
        Wire last = wire;
        List<Channel> all = new ArrayList<>(closing);
        closing.clear();
        Channel usable = null;
        if (last != null) {
            Channel channel = last.abandon(new Failure(Failure.Kind.UNKNOWN, "the backend was closed"));
            all.add(channel);
            usable = connected ? channel : null;
        }
        wire = null;
        connected = false;
        return new Remains(usable, all);
    }
}
