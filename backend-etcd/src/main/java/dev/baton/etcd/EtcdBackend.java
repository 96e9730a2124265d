package dev.baton.etcd;

import dev.baton.etcd.internal.Clients;
import dev.baton.internal.Required;
import dev.baton.internal.session.InlineSerialExecutor;
import dev.baton.internal.session.SessionCalls;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import io.etcd.jetcd.ClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Elections on etcd.
 *
 * <p>A candidate is a key {@code <prefix>/<namespace>/<name>/<lease ID in hex>} on a lease. Go's {@code
 * concurrency.Election} and {@code etcdctl elect} use the same layout, so their candidates can stand in the same line. The
 * candidate whose key was created first leads. {@code leaseDuration} is the TTL of the lease, in whole seconds, rounded up.
 * All elections of this instance with the same leaseDuration share one lease, one key that proves the lease, and one watch.
 *
 * <p><b>Guaranteed:</b> a term ends on this side before etcd can end the lease, even if the member that answers has lost
 * the leadership without knowing it, as long as clock rates stay within the configured drift.
 *
 * <p><b>Not guaranteed:</b> anything about the terms of other kinds of candidates in the same line, which count from the
 * receipt of an answer; nor about a leader whose lease another client revokes or whose key another client deletes, beyond
 * one watch event.
 */
public final class EtcdBackend implements LockBackend {
    /**
     * The calls of this backend that may be under way at once. Each session limits its own requests and knows which go
     * first; a call that waits outside the session counts as unanswered, and its claim is given up.
     */
    private static final int IN_FLIGHT = 1_000_000;

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Fences fences = new Fences();
    private final SessionCalls calls;

    EtcdBackend(Settings settings, BackendRuntime runtime, Clients clients) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(EtcdBackend.class);
        InlineSerialExecutor executor = new InlineSerialExecutor(runtime.timekeeper(), log);
        Messages messages = new Messages(settings);
        this.calls = new SessionCalls(
                runtime,
                executor,
                messages::late,
                messages::closed,
                timing -> new Session(settings, runtime, clients, fences, executor, timing));
    }

    /**
     * Returns a backend with default settings; it connects when it is first used.
     *
     * @param endpoints {@code http://host:port} or {@code https://host:port} of each member, separated by commas; an IPv6
     *     address in brackets, as in {@code http://[::1]:2379}
     * @throws IllegalArgumentException if an endpoint has another form
     */
    public static EtcdBackend connect(String endpoints) {
        return builder(endpoints).build();
    }

    /**
     * Starts to configure a backend; {@code endpoints} as for {@link #connect}.
     *
     * @throws IllegalArgumentException as {@link #connect}
     */
    public static Builder builder(String endpoints) {
        return new Builder(endpoints);
    }

    @Override
    public String kind() {
        return "etcd";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        return calls.acquire(claim, deadline);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return calls.renew(claim, deadline);
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return calls.withdraw(claim, deadline);
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        return calls.observe(election, timing, watcher);
    }

    /**
     * Returns the fence of a term that this backend granted. etcd refuses a transaction with this fence once the term's key
     * is gone.
     *
     * @throws IllegalStateException if the term is over, or another backend granted it
     */
    public EtcdFence fence(ElectionName election, FencingToken token) {
        String key = fences.key(election, token);
        if (key == null) {
            throw new IllegalStateException("the term " + token + " of " + election
                    + " is over, or was not granted by this backend; take the fence in onStartedLeading");
        }
        return new EtcdFence(key, token);
    }

    @Override
    public void close() {
        calls.close(
                "baton-etcd-close",
                () -> log.warn("etcd at {} does not answer; its leases end by themselves", settings.address()));
    }

    /** The settings of a backend. Everything but the addresses has a default. */
    public static final class Builder {
        private final List<String> endpoints;
        private String prefix = "/baton/";
        private int epoch;
        private Duration connectionTimeout = Duration.ofSeconds(5);
        private boolean unsafeServersAllowed;
        private boolean shutdownHook = true;
        private Consumer<ClientBuilder> jetcd = builder -> {};

        private Builder(String endpoints) {
            this.endpoints = EtcdEndpoints.parse(Required.given("endpoints", endpoints));
        }

        /**
         * Sets the prefix of all keys; {@code /baton/} by default. Candidates that compete use the same prefix. A slash is
         * appended if the prefix does not end with one.
         *
         * @throws IllegalArgumentException if the prefix is blank, a slash alone, or has two slashes in a row
         */
        public Builder prefix(String value) {
            if (Required.given("prefix", value).isBlank() || value.contains("//") || value.equals("/")) {
                throw new IllegalArgumentException("prefix \"" + value
                        + "\" must have at least one character besides slashes, and no two slashes in a row, for"
                        + " example \"/baton/\"");
            }
            this.prefix = value.endsWith("/") ? value : value + "/";
            return this;
        }

        /**
         * Sets the first part of every fencing token. Raise it by one at each restore from a backup, and at each migration.
         *
         * @throws IllegalArgumentException unless between 0 and 2 147 483 646
         */
        public Builder epoch(int value) {
            this.epoch = FencingToken.checkEpoch(value);
            return this;
        }

        /**
         * Sets how long the first requests wait for the first connection; 5 s by default.
         *
         * @throws IllegalArgumentException unless greater than zero and at most a day
         */
        public Builder connectionTimeout(Duration timeout) {
            this.connectionTimeout = ElectionTiming.check("connectionTimeout", timeout, "the default is 5s");
            return this;
        }

        /**
         * Sets whether to elect leaders on servers that can renew a lease that they have already revoked: versions before
         * 3.5.23, and 3.6.0 to 3.6.4. By default the backend refuses them, and logs which server and why.
         */
        public Builder allowUnsafeServers(boolean allow) {
            this.unsafeServersAllowed = allow;
            return this;
        }

        /** Sets whether leaders hand over when the JVM ends; by default they do. */
        public Builder shutdownHook(boolean add) {
            this.shutdownHook = add;
            return this;
        }

        /**
         * Sets options of jetcd's client: {@code sslContext}, {@code user} and {@code password}, {@code namespace}, {@code
         * authority}. {@link #build} calls {@code settings} once; after that, each client calls it once on a callback
         * thread, where it may block. Endpoints, retries and {@code waitForReady} are set afterwards.
         */
        public Builder jetcd(Consumer<ClientBuilder> settings) {
            this.jetcd = Required.given("jetcd", settings);
            return this;
        }

        /**
         * Returns a backend with these settings; it connects when it is first used.
         *
         * @throws IllegalArgumentException if {@link #jetcd} has set a user without a password, or a password without a
         *     user
         */
        public EtcdBackend build() {
            Settings settings = settings();
            ClientBuilder client = JetcdClients.builder(settings, endpoints.get(0));
            if ((client.user() == null) != (client.password() == null)) {
                throw new IllegalArgumentException(
                        "jetcd's user and password must both be set, or neither; without one the other is not used");
            }
            BackendRuntime runtime = BackendRuntime.start("etcd", shutdownHook, IN_FLIGHT);
            return new EtcdBackend(settings, runtime, new JetcdClients(settings));
        }

        Settings settings() {
            return new Settings(endpoints, prefix, epoch, connectionTimeout, unsafeServersAllowed, jetcd);
        }
    }
}
