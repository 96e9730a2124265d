package dev.baton.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.zookeeper.client.HostProvider;
import org.jspecify.annotations.Nullable;

/**
 * Learns when each connection attempt began that succeeded: ZooKeeper's client asks for an address just before it
 * connects, and says when it has connected just before it tells its watcher.
 */
final class Attempts implements HostProvider {
    private final HostProvider addresses;
    private final Timekeeper time;
    private final Queue<Moment> succeeded = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Moment begun;

    Attempts(HostProvider addresses, Timekeeper time) {
        this.addresses = addresses;
        this.time = time;
    }

    /** When the oldest attempt began that succeeded and was not yet asked for. */
    @Nullable Moment next() {
        return succeeded.poll();
    }

    @Override
    public InetSocketAddress next(long spinDelay) {
        begun = time.now();
        return addresses.next(spinDelay);
    }

    @Override
    public void onConnected() {
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
