package dev.baton.zookeeper;

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
import dev.baton.spi.Printable;
import dev.baton.zookeeper.internal.Clients;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.common.PathUtils;
import org.slf4j.Logger;

/**
 * Elections on ZooKeeper.
 *
 * <p>A candidate is an ephemeral sequential node below {@code <basePath>/<namespace>/<name>}. Curator's LeaderLatch uses
 * the same layout, so its candidates can stand in the same line. The candidate with the lowest node leads. {@code
 * leaseDuration} is the session timeout. All elections of this instance with the same leaseDuration share one session,
 * which proves itself with one small write each retryPeriod, however many elections there are.
 *
 * <p><b>Guaranteed:</b> a term ends on this side before the ensemble can end the session, even if the server that this
 * client is connected to has silently lost the ensemble, as long as clock rates stay within the configured drift, and the
 * servers' {@linkplain Builder#tickTime ticks} are as configured.
 *
 * <p><b>Not guaranteed:</b> anything about the terms of LeaderLatch candidates in the same line, which trust their
 * connection; nor about a leader whose node another client deletes, beyond one watch event.
 */
public final class ZooKeeperBackend implements LockBackend {
    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final SessionCalls calls;

    ZooKeeperBackend(Settings settings, BackendRuntime runtime, Clients clients) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(ZooKeeperBackend.class);
        InlineSerialExecutor executor = new InlineSerialExecutor(runtime.timekeeper(), log);
        Messages messages = new Messages(settings);
        this.calls = new SessionCalls(
                runtime,
                executor,
                messages::late,
                messages::closed,
                timing -> new Session(settings, runtime, clients, executor, timing));
    }

    /**
     * Returns a backend with default settings; it connects when it is first used.
     *
     * @param connectString {@code host:port,host:port,…}, an IPv6 address in brackets; optionally followed by {@code
     *     /chroot}, a node that exists
     * @throws IllegalArgumentException if it names no server, or an impossible one
     */
    public static ZooKeeperBackend connect(String connectString) {
        return builder(connectString).build();
    }

    /**
     * Starts to configure a backend; {@code connectString} as for {@link #connect}.
     *
     * @throws IllegalArgumentException as {@link #connect}
     */
    public static Builder builder(String connectString) {
        return new Builder(connectString);
    }

    @Override
    public String kind() {
        return "zookeeper";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    /**
     * Checks, beyond the general rules, that leaseDuration is at least two ticks, the shortest session that servers grant
     * by default; and that the tick and the two heartbeats by which a proof may lag leave room to renew.
     */
    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        Duration tick = settings.tickTime();
        if (timing.leaseDuration().compareTo(tick.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("leaseDuration " + ElectionTiming.text(timing.leaseDuration())
                    + " must be at least two ticks of the ZooKeeper servers (tickTime "
                    + ElectionTiming.text(tick)
                    + "): they grant no shorter session; raise leaseDuration, or lower tickTime on the servers"
                    + " and here");
        }
        // A write proves the touch of a packet answered a tick before it. Heartbeats are answered within a
        // retryPeriod, or they are late; so the newest such packet was sent at most a tick and two retryPeriods before
        // the write.
        long lag = tick.toNanos() + 2 * timing.retryPeriod().toNanos();
        long provable = timing.scaledNanos(timing.leaseDuration()) - lag;
        if (provable <= 1.2 * timing.retryPeriod().toNanos()) {
            throw new IllegalArgumentException("leaseDuration " + ElectionTiming.text(timing.leaseDuration())
                    + ", less the clock drift, must be longer than the servers' tickTime " + ElectionTiming.text(tick)
                    + " and 3.2 times retryPeriod " + ElectionTiming.text(timing.retryPeriod())
                    + ": a ZooKeeper session can be proved alive only that far back; raise leaseDuration or lower"
                    + " retryPeriod");
        }
    }

    /** A proof of a session lags by as much as {@link #check} allows, which shortens the time to wind down. */
    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        Duration lag = settings.tickTime().plus(timing.retryPeriod().multipliedBy(2));
        Duration left = timing.windDownBudget().minusNanos((long) (lag.toNanos() / (1 - timing.clockDrift())));
        return left.isNegative() ? Duration.ZERO : left;
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

    @Override
    public void close() {
        calls.close(
                "baton-zookeeper-close",
                () -> log.warn(
                        "ZooKeeper at {} does not answer; its sessions end by themselves", settings.connectString()));
    }

    /** The settings of a backend. Everything but the address has a default. */
    public static final class Builder {
        private final String connectString;
        private String basePath = "/baton";
        private Duration tickTime = Duration.ofSeconds(2);
        private int epoch;
        private Duration connectionTimeout = Duration.ofSeconds(5);
        private boolean shutdownHook = true;
        private Consumer<CuratorFrameworkFactory.Builder> curator = builder -> {};

        private Builder(String connectString) {
            this.connectString = ConnectString.check(Required.given("connectString", connectString));
        }

        /**
         * Sets the node below which all elections are; {@code /baton} by default. Candidates that compete use the same
         * node.
         *
         * @throws IllegalArgumentException unless it is an absolute path that ZooKeeper accepts, without a slash at its end
         */
        public Builder basePath(String path) {
            try {
                PathUtils.validatePath(Required.given("basePath", path));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "basePath \"" + Printable.value(path)
                                + "\" must be an absolute path without a slash at its end, for example" + " \"/baton\"",
                        e);
            }
            this.basePath = path;
            return this;
        }

        /**
         * Sets the servers' {@code tickTime}, as in their own configuration; 2 s by default. A larger value is safe and
         * shortens the validity of terms; a smaller value than the servers' is not safe. For a client of an observer that
         * follows an observer master, set two of the servers' ticks.
         *
         * @throws IllegalArgumentException unless greater than zero and at most a day
         */
        public Builder tickTime(Duration tick) {
            this.tickTime =
                    ElectionTiming.check("tickTime", tick, "it is the tickTime in the servers' zoo.cfg, 2s by default");
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

        /** Sets whether leaders hand over when the JVM ends; by default they do. */
        public Builder shutdownHook(boolean add) {
            this.shutdownHook = add;
            return this;
        }

        /**
         * Sets options of Curator's client: TLS and SASL through {@code zkClientConfig}, {@code authorization}, an {@code
         * aclProvider}, an {@code ensembleProvider}. {@link #build} calls {@code settings} once; after that, each client
         * calls it once on a callback thread, where it may block. An {@code aclProvider} is asked on the loop at each create,
         * and must return at once. Session timeout, retry policy and all else on which elections depend are set afterwards.
         */
        public Builder curator(Consumer<CuratorFrameworkFactory.Builder> settings) {
            this.curator = Required.given("curator", settings);
            return this;
        }

        /**
         * Returns a backend with these settings; it connects when it is first used.
         *
         * @throws IllegalArgumentException if {@link #curator} has set a namespace, in place of {@link #basePath}
         */
        public ZooKeeperBackend build() {
            Settings settings = settings();
            String namespace = CuratorClients.builder(settings).getNamespace();
            if (namespace != null && !namespace.isEmpty()) {
                throw new IllegalArgumentException("Curator's namespace \"" + namespace
                        + "\" is not used here; pass basePath(\"/" + namespace + "\") instead");
            }
            BackendRuntime runtime = BackendRuntime.start("zookeeper", shutdownHook);
            return new ZooKeeperBackend(settings, runtime, new CuratorClients(settings));
        }

        Settings settings() {
            return new Settings(connectString, basePath, tickTime, epoch, connectionTimeout, curator);
        }
    }
}
