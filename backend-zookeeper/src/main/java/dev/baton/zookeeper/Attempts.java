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
 * Records when each successful connection attempt began: ZooKeeper's client asks for an address just before it connects,
 * and reports the connection just before it calls its watcher.
 *
 * <p>Also skips, for a leader, the pause before the first attempt after a lost connection. If another client ends the
 * leader's session, the servers close its connection, and only the next connection reports the end; meanwhile the successor
 * leads already.
 */
final class Attempts implements HostProvider {
    /** The least pause between two skips, for a server that accepts connections and drops them. */
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

    /** @param urgent whether to skip the pause before the first attempt after a lost connection */
    Attempts(HostProvider addresses, Timekeeper time, BooleanSupplier urgent) {
        this.addresses = addresses;
        this.time = time;
        this.urgent = urgent;
    }

    /** The start of the oldest successful attempt that was not returned before. */
    @Nullable Moment next() {
        return succeeded.poll();
    }

    /** Notes that the client calls its watcher on {@code thread}. */
    void tells(Thread thread) {
        telling = thread;
    }

    /** Whether a thread of the client has ended: the client never connects, or never calls its watcher, again. */
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
        // A client that looks for another server while it is connected asks for no delay.
        boolean hurry = spinDelay > 0 && connected && urgent.getAsBoolean() && !hasHurried(now);
        if (spinDelay > 0) {
            connected = false;
        }
        if (!hurry) {
            return addresses.next(spinDelay);
        }
        hurriedAt = now;
        InetSocketAddress address = addresses.next(0);
        // Before the attempt the client library sleeps on this thread, for up to a second. An interrupt ends that
        // sleep, and has no other effect there.
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
