package dev.baton.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.client.HostProvider;
import org.jspecify.annotations.Nullable;

/**
 * Learns when each connection attempt began that succeeded: ZooKeeper's client asks for an address just before it
 * connects, and says when it has connected just before it tells its watcher.
 *
 * <p>And spares a leader the pauses before the first attempt after a connection. Servers close the connection of a session
 * that somebody has ended, and only the next connection tells its client of the end; the successor does not wait for that.
 */
final class Attempts implements HostProvider {
    /** A server that takes connections and drops them is not pressed more often than this. */
    private static final Duration BETWEEN_HURRIES = Duration.ofMillis(100);

    private final HostProvider addresses;
    private final Timekeeper time;
    private final BooleanSupplier urgent;
    private final Queue<Moment> succeeded = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Moment begun;
    private volatile @Nullable Thread connecting;
    private volatile @Nullable Thread telling;
    private boolean connected;
    private @Nullable Moment hurriedAt;

    /** @param urgent whether the first attempt after a connection is to begin without a pause */
    Attempts(HostProvider addresses, Timekeeper time, BooleanSupplier urgent) {
        this.addresses = addresses;
        this.time = time;
        this.urgent = urgent;
    }

    /** When the oldest attempt began that succeeded and was not yet asked for. */
    @Nullable Moment next() {
        return succeeded.poll();
    }

    /** The client's watcher hears on {@code thread}. */
    void tells(Thread thread) {
        telling = thread;
    }

    /** Whether a thread of the client has ended: it never connects again, or never tells. */
    boolean isOver() {
        return hasEnded(connecting) || hasEnded(telling);
    }

    private static boolean hasEnded(@Nullable Thread thread) {
        return thread != null && !thread.isAlive();
    }

    @Override
    public InetSocketAddress next(long spinDelay) {
        connecting = Thread.currentThread();
        Moment now = time.now();
        begun = now;
        // No delay is asked for by a client that looks for another server beside the one that it has.
        boolean hurry = spinDelay > 0 && connected && urgent.getAsBoolean() && !hasHurried(now);
        if (spinDelay > 0) {
            connected = false;
        }
        if (!hurry) {
            return addresses.next(spinDelay);
        }
        hurriedAt = now;
        InetSocketAddress address = addresses.next(0);
        // Between this and the attempt the client library sleeps on this thread, for up to a second. It takes an
        // interrupt there for the end of that sleep, and for nothing else.
        Thread.currentThread().interrupt();
        return address;
    }

    private boolean hasHurried(Moment now) {
        return hurriedAt != null && now.nanosSince(hurriedAt) < BETWEEN_HURRIES.toNanos();
    }

    @Override
    public void onConnected() {
        connected = true;
        Moment attempt = begun;
        if (attempt != null) {
            succeeded.add(attempt);
        }
        addresses.onConnected();
    }

    @Override
    public int size() {
        return addresses.size();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> servers, InetSocketAddress current) {
        return addresses.updateServerList(servers, current);
    }
}
