package dev.baton.simulation;

import dev.baton.register.Register.Entry;
import dev.baton.register.Register.RegisterWatcher;
import dev.baton.spi.LockBackend.Observation;
import org.jspecify.annotations.Nullable;

/**
 * A process's watch on the register: in order, late, lossy; it stalls without a word, is found dead some time later, and
 * looks again before it says that it lives.
 */
final class SimulatedWatch implements Observation {
    private static final long RECONNECT = 200_000_000;

    private final Node node;
    private final World world;
    private final RegisterWatcher watcher;
    private boolean hears;
    private int connection;
    private boolean closed;
    private long lastArrival;

    SimulatedWatch(Node node, RegisterWatcher watcher) {
        this.node = node;
        this.world = node.world();
        this.watcher = watcher;
    }

    Node node() {
        return node;
    }

    void open() {
        world.store().add(this);
        world.at(world.now() + world.weather().requestDelay(), null, this::look);
    }

    private void connect() {
        world.at(world.now() + RECONNECT + world.weather().requestDelay(), null, this::look);
    }

    private void look() {
        if (closed || !node.isAlive()) {
            return;
        }
        if (node.isCutOff() || world.weather().storeIsDown() || world.refusals().are(Fault.WATCH_REFUSED)) {
            connect();
            return;
        }
        hears = true;
        Entry entry = world.store().entry();
        long revision = world.store().revision();
        deliver(() -> {
            tell(entry, entry == null ? revision : entry.revision());
            watcher.live(true);
        });
    }

    /** The register changed. */
    void changed(@Nullable Entry entry, long revision) {
        if (!hears) {
            return;
        }
        if (node.isCutOff() || world.weather().storeIsDown() || world.weather().strikes(Fault.WATCH_STALLED)) {
            stall();
        } else if (world.weather().strikes(Fault.WATCH_GONE)) {
            sever();
        } else if (!world.weather().strikes(Fault.WATCH_EVENT_LOST)) {
            if (world.weather().strikes(Fault.WATCH_REPLAYED)) {
                for (SimulatedStore.State state : world.store().recent()) {
                    deliver(() -> tell(state.entry(), state.revision()));
                }
            }
            deliver(() -> {
                tell(entry, revision);
                world.at(world.now() + 1, node, () -> world.invariants().heard(node, entry, revision));
            });
            if (world.weather().strikes(Fault.WATCH_BOOKMARK)) {
                bookmark(entry);
            }
        }
    }

    /** Nothing changed here, but elsewhere in the store. */
    private void bookmark(@Nullable Entry entry) {
        world.store().pass();
        long revision = world.store().revision();
        deliver(() -> tell(entry, entry == null ? revision : entry.revision()));
    }

    /** Hears nothing from now on, and notices that only later. */
    private void stall() {
        end(world.weather().spell());
    }

    /** The store ends the watch: what it asks for has been compacted, or was restored. */
    void sever() {
        end(world.weather().moment());
    }

    private void end(long noticedAfter) {
        if (!hears) {
            return;
        }
        hears = false;
        world.at(world.now() + noticedAfter, node, () -> {
            if (!closed) {
                connection++;
                watcher.live(false);
                world.at(world.now() + 1, node, () -> world.invariants().deaf(node, hears));
                connect();
            }
        });
    }

    private void tell(@Nullable Entry entry, long revision) {
        node.hears(entry, revision);
        watcher.changed(entry, revision);
    }

    private void deliver(Runnable event) {
        int delivering = connection;
        lastArrival = Math.max(lastArrival, world.now() + world.weather().watchDelay());
        world.at(lastArrival, node, () -> {
            // What was still under way on a connection found dead is lost with it.
            if (!closed && delivering == connection) {
                event.run();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        world.store().remove(this);
    }
}
