package dev.baton.zookeeper;

import dev.baton.internal.Linkage;
import dev.baton.internal.session.RetryPeriods;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The client of the client library that opens a session's handles; replaced once it will never work again. In the lane,
 * except for {@link #close}.
 *
 * <p>A logger that throws or hangs does so on the client's own threads: they die, and later calls to the client may throw,
 * or never return. So the threads are checked each retryPeriod, the client is closed on a thread that no other waits for,
 * and a client that was given up opens no more sessions.
 */
final class SessionClient {
    /**
     * In leaseDurations: by then a working client has connected, or has declared its session expired and opened another.
     */
    private static final int STANDSTILL = 3;

    private final Settings settings;
    private final BackendRuntime runtime;
    private final Logger log;
    private final Clients clients;
    private final Timekeeper time;
    private final Duration leaseDuration;
    private final RetryPeriods retryPeriods;
    private final Owner owner;
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> open = new AtomicReference<>();
    private final AtomicBoolean opening = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private Timekeeper.@Nullable Timer look;
    private @Nullable Moment standsStillAt;
    private @Nullable Duration pause;
    private @Nullable Throwable failure;

    /** The session that owns the client. */
    interface Owner extends Wire.Listener {
        /** Whether the client's threads have ended. */
        boolean isOver();

        /** The client does not work any more: its session must be ended. */
        void givenUp();
    }

    SessionClient(
            Settings settings,
            BackendRuntime runtime,
            Clients clients,
            Timekeeper lane,
            Duration leaseDuration,
            RetryPeriods retryPeriods,
            Owner owner) {
        this.settings = settings;
        this.runtime = runtime;
        this.log = runtime.logger(ZooKeeperBackend.class);
        this.clients = clients;
        this.time = lane;
        this.leaseDuration = leaseDuration;
        this.retryPeriods = retryPeriods;
        this.owner = owner;
    }

    /** Opens the first client, without waiting. */
    void open() {
        connects();
        openSoon(Duration.ZERO);
    }

    /** Closes the client for good. May block. */
    void close() {
        closed.set(true);
        Runnable last = giveUp();
        if (last != null) {
            last.run();
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** The client is to connect from now on. */
    void connects() {
        standsStillAt = time.now().plus(leaseDuration.multipliedBy(STANDSTILL));
        lookSoon();
    }

    /** The client has connected. */
    void connected() {
        standsStillAt = null;
    }

    /** The client works: the pause before its replacement starts anew. */
    void serves() {
        pause = null;
    }

    /** The reason why no client could be opened, or null. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** Gives the client up, and opens another after a pause. */
    void replace() {
        owner.givenUp();
        connects();
        Runnable last = giveUp();
        if (last != null) {
            runtime.callbacks().execute(last);
        }
        Duration delay = pause == null ? retryPeriods.idle() : pause;
        pause = delay.multipliedBy(2).compareTo(leaseDuration) < 0 ? delay.multipliedBy(2) : leaseDuration;
        openSoon(delay);
    }

    /** Opens a client on a callback thread: it runs the user's settings, which may block or throw. */
    private void openSoon(Duration delay) {
        int mine = current.get();
        time.schedule(delay, () -> runtime.callbacks().execute(() -> openUnless(mine)));
    }

    private void lookSoon() {
        if (look != null) {
            look.cancel();
        }
        look = time.schedule(retryPeriods.idle(), this::look);
    }

    private void look() {
        if (closed.get()) {
            return;
        }
        boolean over = owner.isOver();
        if (over || (standsStillAt != null && time.now().hasReached(standsStillAt))) {
            if (over) {
                log.warn(
                        "the client of ZooKeeper at {} has ended by itself; opening another", settings.connectString());
            }
            replace();
        } else {
            lookSoon();
        }
    }

    /** Gives the client up: it opens no more sessions. Returns what closes it. */
    private @Nullable Runnable giveUp() {
        current.incrementAndGet();
        return open.getAndSet(null);
    }

    /** Opens a client unless one was given up since. */
    private void openUnless(int given) {
        if (closed.get() || current.get() != given) {
            return;
        }
        if (!opening.compareAndSet(false, true)) {
            // One at a time: settings that block would take a thread each.
            time.execute(() -> openSoon(retryPeriods.idle()));
            return;
        }
        try {
            open(given);
            time.execute(() -> failure = null);
        } catch (Throwable e) {
            log.error(
                    "could not open a client for ZooKeeper at {}: {}",
                    settings.connectString(),
                    Printable.text(Linkage.describe(e)),
                    Printable.failure(e));
            time.execute(() -> {
                failure = e;
                replace();
            });
        } finally {
            opening.set(false);
        }
    }

    /** The number is that of before the checks: a close that came since is seen. */
    private void open(int given) {
        BooleanSupplier wanted = () -> current.get() == given;
        Runnable close = clients.open(
                leaseDuration,
                time,
                () -> wanted.getAsBoolean() ? new Wire(time, settings.tickTime(), owner, wanted) : null);
        open.set(close);
        if (!wanted.getAsBoolean() && open.compareAndSet(close, null)) {
            // Not here: a close that never returns would keep every later client from opening.
            runtime.callbacks().execute(close);
        }
    }
}
