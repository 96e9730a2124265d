package dev.baton.campaign;

import dev.baton.campaign.Fault.Healing;
import dev.baton.campaign.Fault.Kind;
import dev.baton.campaign.candidate.Store;
import dev.baton.conformance.TcpProxy;
import dev.baton.conformance.TcpProxy.Direction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The store, with a way to it for each candidate, and what may happen to it. */
interface Scene extends AutoCloseable {
    /** 75 ± 50 ms. */
    Duration DELAY = Duration.ofMillis(75);

    Duration JITTER = Duration.ofMillis(50);

    /** A way to the store for one candidate. */
    record Way(String where, List<TcpProxy> proxies) {}

    /** Opens one more way. */
    Way way() throws IOException;

    /** What may happen to the store, and to the record in it. */
    List<Fault> faults();

    /**
     * How much later than leaseDuration and two retryPeriods after healing somebody leads at the latest, by the rules of the
     * store: a new leader of the servers lets what is alive last anew.
     */
    Duration slack();

    @Override
    void close();

    /** Starts the servers of {@code store}. */
    static Scene of(Store store) throws IOException {
        return switch (store) {
            case KUBERNETES -> KubernetesScene.start();
            case ETCD -> EtcdScene.start();
            case ZOOKEEPER -> ZooKeeperScene.start();
        };
    }

    /** What may happen to any candidate, and to its way to any store. */
    static List<Fault> ofCandidates() {
        List<Fault> faults = new ArrayList<>();
        faults.add(new Fault("killed", Kind.CANDIDATE, true, victim -> {
            victim.kill();
            return victim::start;
        }));
        faults.add(new Fault("paused", Kind.CANDIDATE, true, victim -> {
            victim.pause();
            return victim::resume;
        }));
        faults.add(new Fault("stopped gracefully", Kind.CANDIDATE, true, victim -> {
            victim.terminate();
            return victim::start;
        }));
        faults.add(network("cut off", TcpProxy::cut));
        faults.add(network("black hole", TcpProxy::blackHole));
        faults.add(network("requests lost", proxy -> proxy.blackHole(Direction.TO_TARGET)));
        faults.add(network("answers lost", proxy -> proxy.blackHole(Direction.TO_CLIENT)));
        faults.add(network("connections stranded", TcpProxy::strand));
        faults.add(network("slow network", proxy -> proxy.delay(DELAY, JITTER, 1)));
        SplittableRandom losses = new SplittableRandom(1);
        faults.add(new Fault(
                "stalls and resets", Kind.NETWORK, true, victim -> StallsAndResets.on(victim.ways(), losses.split())));
        return faults;
    }

    private static Fault network(String name, Consumer<TcpProxy> damage) {
        return new Fault(name, Kind.NETWORK, true, victim -> {
            victim.ways().forEach(damage);
            return heal(victim);
        });
    }

    private static Healing heal(Candidate victim) {
        return () -> victim.ways().forEach(TcpProxy::pass);
    }
}
