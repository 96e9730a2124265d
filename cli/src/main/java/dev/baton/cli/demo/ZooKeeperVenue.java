package dev.baton.cli.demo;

import dev.baton.cli.store.Kind;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.zookeeper.ZooKeeperBackend;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A ZooKeeper: one in this process, or an existing one.
 *
 * <p>The last request of a killed or stopped leader reached the server no later than the signal. The server ends a
 * session {@code leaseDuration} after that, rounded up to the next tick: less than a tick more, if leaseDuration is a
 * multiple of the tick, as it is rounded here. In an ensemble the leader learns of live sessions a tick later than its
 * followers, hence one tick more.
 *
 * @param endpoints the endpoints of an existing ZooKeeper, or null for one in this process
 * @param tick the servers' tickTime
 */
record ZooKeeperVenue(@Nullable String endpoints, Duration tick) implements Venue {
    static final Duration EMBEDDED_TICK = Duration.ofMillis(500);
    private static final String ELECTION = "demo/reconciler";

    @Override
    public void check(ElectionTiming timing) {
        try (ZooKeeperBackend unconnected = ZooKeeperBackend.builder(endpoints == null ? "localhost" : endpoints)
                .tickTime(tick)
                .shutdownHook(false)
                .build()) {
            unconnected.check(ElectionName.parse(ELECTION), timing);
        }
    }

    @Override
    public Duration expiry(ElectionTiming timing) {
        return lease(timing).plus(tick.multipliedBy(lateTicks()));
    }

    @Override
    public String expiryText(ElectionTiming timing) {
        return ElectionTiming.text(lease(timing)) + " of lease and " + (lateTicks() == 1 ? "a tick" : "two ticks")
                + " of " + ElectionTiming.text(tick.multipliedBy(lateTicks()));
    }

    private Duration lease(ElectionTiming timing) {
        return tick.multipliedBy((timing.leaseDuration().toNanos() + tick.toNanos() - 1) / tick.toNanos());
    }

    /** The most ticks by which a server may end a session late: one, and one more in an ensemble. */
    private int lateTicks() {
        return endpoints == null ? 1 : 2;
    }

    @Override
    public Stage open(ElectionTiming timing, Backstage backstage) throws IOException, InterruptedException {
        String address = endpoints == null
                ? backstage
                        .leftovers()
                        .add(EmbeddedZooKeeper.start(backstage.directory().resolve("zookeeper"), tick))
                        .address()
                : endpoints;
        String basePath = "/" + backstage.directory().getFileName();
        backstage.leftovers().add(RoundTrips.start(ZooKeeperProbe.connect(address, basePath), backstage.journal()));
        return new Stage(
                "ZooKeeper at " + address + (endpoints == null ? " (embedded)" : ""),
                Part.on(Kind.ZOOKEEPER, address, basePath, ELECTION, tick));
    }
}
