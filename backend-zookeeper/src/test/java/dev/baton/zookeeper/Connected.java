package dev.baton.zookeeper;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;

/** Hears that a plain client is connected. */
final class Connected implements Watcher {
    private final CountDownLatch latch = new CountDownLatch(1);

    @Override
    public void process(WatchedEvent event) {
        if (event.getState() == KeeperState.SyncConnected) {
            latch.countDown();
        }
    }

    void await(int millis) throws InterruptedException {
        if (!latch.await(millis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("a plain client was not connected in " + millis + " ms");
        }
    }
}
