package dev.baton.cli;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * Measures, ten times a second, how long a write to ZooKeeper takes: what the demo adds to a promise is a multiple of what
 * a round trip really costs on this machine, at that moment.
 */
final class RoundTrips implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PACE = Duration.ofMillis(100);

    private final ZooKeeper client;
    private final String basePath;
    private final Consumer<Fact> journal;
    private final Thread thread = new Thread(this::measure, "demo-round-trips");
    private volatile boolean closed;

    private RoundTrips(ZooKeeper client, String basePath, Consumer<Fact> journal) {
        this.client = client;
        this.basePath = basePath;
        this.journal = journal;
    }

    /** @throws IOException when ZooKeeper does not answer */
    static RoundTrips start(String endpoints, String basePath, Consumer<Fact> journal)
            throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(endpoints, Math.toIntExact(PATIENCE.toMillis()), event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        RoundTrips roundTrips = new RoundTrips(client, basePath, journal);
        if (!connected.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            client.close();
            throw new IOException("ZooKeeper at " + endpoints + " did not answer within "
                    + ElectionTiming.text(PATIENCE) + "; check the address, or leave --endpoints out to use an"
                    + " embedded server");
        }
        roundTrips.prepare();
        return roundTrips;
    }

    /** Removes everything below the base path; the demo's own, with all that elections left there. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(PATIENCE.toMillis());
            ZKUtil.deleteRecursive(client, basePath);
            client.close();
        } catch (KeeperException e) {
            journal.accept(Fact.now("trouble", Fact.DEMO).with("detail", "could not delete " + basePath + ": " + e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void prepare() throws IOException, InterruptedException {
        try {
            for (String path : new String[] {basePath, probe()}) {
                client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        } catch (KeeperException e) {
            client.close();
            throw new IOException("ZooKeeper did not let the demo create " + basePath + " (" + e.code() + ")", e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private String probe() {
        return basePath + "/round-trips";
    }

    private void measure() {
        try {
            while (!closed) {
                long sent = System.nanoTime();
                try {
                    client.setData(probe(), new byte[0], -1);
                    long nanos = System.nanoTime() - sent;
                    journal.accept(Fact.now("round-trip", Fact.DEMO).with("nanos", nanos));
                } catch (KeeperException e) {
                    journal.accept(Fact.now("trouble", Fact.DEMO).with("detail", "no round trip: " + e));
                }
                TimeUnit.NANOSECONDS.sleep(PACE.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
