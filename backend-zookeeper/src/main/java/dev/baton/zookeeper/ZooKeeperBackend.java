package dev.baton.zookeeper;

import dev.baton.session.Answers;
import dev.baton.session.InlineSerialExecutor;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendThreads;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Required;
import dev.baton.zookeeper.session.Clients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Elections on ZooKeeper.
 *
 * <p>A candidate is an ephemeral sequential node below {@code <basePath>/<namespace>/<name>}, laid out as Curator's
 * LeaderLatch does, so that its candidates may stand in the same line. The lowest leads. {@code leaseDuration} is the
 * session timeout; all elections of this instance with the same leaseDuration share one session, and that session proves
 * itself with one small write each retryPeriod, however many elections there are.
 *
 * <p><b>Guaranteed:</b> a term ends on this side before the ensemble can end the session, also when the server that this
 * client is connected to has silently lost the ensemble, provided that its clock rates, and the {@linkplain
 * Builder#tickTime ticks} of the servers, are what was said.
 *
 * <p><b>Not guaranteed:</b> anything about the terms of LeaderLatch candidates in the same line, which trust their
 * connection; nor about a leader whose node somebody else deletes, beyond one watch event.
 */
public final class ZooKeeperBackend implements LockBackend {
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Clients clients;
    private final InlineSerialExecutor executor;
    private final Messages messages;
    private final Map<Duration, Session> sessions = new ConcurrentHashMap<>();
    private final Answers answers;
    private final AtomicBoolean closed = new AtomicBoolean();

    ZooKeeperBackend(Settings settings, BackendRuntime runtime, Clients clients) {
        this.settings = settings;
        this.messages = new Messages(settings);
        this.runtime = runtime;
        this.log = runtime.logger(ZooKeeperBackend.class);
        this.clients = clients;
        this.executor = new InlineSerialExecutor(runtime.timekeeper(), log);
        this.answers = new Answers(executor, runtime, messages::late, messages::closed);
    }

    /**
     * A backend with default settings; it connects when first used.
     *
     * @param connectString {@code host:port,host:port,…}, an IPv6 address in brackets; optionally followed by
     *     {@code /chroot}, a node that exists
     * @throws IllegalArgumentException when it names no server, or one that there cannot be
     */
    public static ZooKeeperBackend connect(String connectString) {
        return builder(connectString).build();
    }

    /**
     * Begins to describe a backend; {@code connectString} as for {@link #connect}.
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
     * Beyond the general rules: leaseDuration is at least two ticks, which is the shortest session that servers grant by
     * default; and the tick and the two heartbeats by which a proof may lag leave room to renew.
     */
    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        Duration tick = settings.tickTime();
        if (timing.leaseDuration().compareTo(tick.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("leaseDuration " + ElectionTiming.text(timing.leaseDuration())
                    + " must be at least two ticks of the ZooKeeper servers (tickTime " + ElectionTiming.text(tick)
                    + "): they grant no shorter session; raise leaseDuration, or lower tickTime here and there");
        }
        // A write proves the touch of a packet answered a tick before it. Heartbeats are answered within a retryPeriod,
        // or they are late; so the newest such packet was sent at most a tick and two retryPeriods before the write.
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

    /** A session is proved alive only as far back as {@link #check} allows, which is lost to winding down. */
    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        Duration lag = settings.tickTime().plus(timing.retryPeriod().multipliedBy(2));
        Duration left = timing.windDownBudget().minusNanos((long) (lag.toNanos() / (1 - timing.clockDrift())));
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(messages.closed());
        }
        Session session = session(claim.timing());
        return answers.answer(
                deadline,
                () -> "acquire " + claim.election(),
                answer -> session.queue(claim.election()).queued(claim).acquire(answer));
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return answers.answer(deadline, () -> "renew " + claim.election(), answer -> {
            QueuedClaim queued = find(claim);
            if (queued == null) {
                answer.complete(new Answer.Refused(null, Chance.now()));
            } else {
                queued.renew(answer);
            }
        });
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return answers.answer(deadline, () -> "withdraw from " + claim.election(), answer -> {
            QueuedClaim queued = find(claim);
            if (queued == null) {
                answer.done();
            } else {
                queued.withdraw(answer);
            }
        });
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        if (closed.get()) {
            throw messages.closed();
        }
        Session session = session(timing);
        executor.execute(() -> session.observe(election, watcher));
        return () -> executor.execute(() -> session.unobserve(election, watcher));
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // The elections hand over through this backend, so it is still at work for them.
        runtime.close();
        Thread closer = BackendThreads.daemon(
                "baton-zookeeper-close", () -> sessions.values().forEach(Session::close));
        closer.start();
        try {
            closer.join(CLOSE_WAIT.toMillis());
            if (closer.isAlive()) {
                log.warn("ZooKeeper at {} does not answer; its sessions end by themselves", settings.connectString());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.close();
    }

    private @Nullable QueuedClaim find(Claim claim) {
        Session session = sessions.get(claim.timing().leaseDuration());
        return session == null ? null : session.find(claim);
    }

    private Session session(ElectionTiming timing) {
        Session session = sessions.computeIfAbsent(
                timing.leaseDuration(), lease -> Session.open(settings, runtime, clients, executor, timing));
        if (closed.get()) {
            session.close();
        }
        return session;
    }

    /** What a backend needs to know. Everything but the address has a default. */
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
         * The node below which all elections are; {@code /baton} by default. Candidates that compete share it.
         *
         * @throws IllegalArgumentException unless it is an absolute path that ZooKeeper takes, without a slash at its end
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
         * The servers' {@code tickTime}, 2 s by default, as in their own configuration. A larger value is safe and costs
         * validity; a smaller one than theirs is not safe. For a client of an observer that follows an observer master,
         * two of their ticks.
         *
         * @throws IllegalArgumentException unless greater than zero and at most a day
         */
        public Builder tickTime(Duration tick) {
            this.tickTime =
                    ElectionTiming.check("tickTime", tick, "it is the tickTime in the servers' zoo.cfg, 2s by default");
            return this;
        }

        /**
         * The first part of every fencing token; raised by one at each restore from a backup, or migration.
         *
         * @throws IllegalArgumentException unless between 0 and 2 147 483 646
         */
        public Builder epoch(int value) {
            this.epoch = FencingToken.checkEpoch(value);
            return this;
        }

        /**
         * How long the first requests wait for the first connection; 5 s by default.
         *
         * @throws IllegalArgumentException unless greater than zero and at most a day
         */
        public Builder connectionTimeout(Duration timeout) {
            this.connectionTimeout = ElectionTiming.check("connectionTimeout", timeout, "the default is 5s");
            return this;
        }

        /** Whether leaderships are handed over when the JVM ends; by default they are. */
        public Builder shutdownHook(boolean add) {
            this.shutdownHook = add;
            return this;
        }

        /**
         * Settings of Curator's client itself: TLS and SASL through {@code zkClientConfig}, {@code authorization}, an
         * {@code aclProvider}, an {@code ensembleProvider}. Called once for each client, and once by {@link #build}.
         * Session timeout, retry policy and everything else that elections rest on are set afterwards.
         */
        public Builder curator(Consumer<CuratorFrameworkFactory.Builder> settings) {
            this.curator = Required.given("curator", settings);
            return this;
        }

        /**
         * A backend with these settings; it connects when first used.
         *
         * @throws IllegalArgumentException when {@link #curator} has set a namespace: {@link #basePath} is for that
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
