package dev.baton.simulation;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One register on a store that others write to as well: linearizable, with one revision for everything. */
final class SimulatedStore {
    private final World world;
    private final SplittableRandom random;
    private final List<SimulatedWatch> watches = new ArrayList<>();
    private @Nullable Entry entry;
    private long revision;

    SimulatedStore(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.revision = random.nextLong(1_000);
    }

    @Nullable Entry entry() {
        return entry;
    }

    long revision() {
        return revision;
    }

    /**
     * Compares and sets.
     *
     * @param sentAt when, in true time, the request left {@code from}
     */
    Entry write(Node from, long sentAt, @Nullable Entry expected, LeaderRecord next) {
        Entry current = entry;
        boolean stands =
                current == null ? expected == null : expected != null && expected.revision() == current.revision();
        if (!stands) {
            throw new ConflictException("the register stands elsewhere");
        }
        Entry written = new Entry(next, nextRevision(), null);
        world.invariants().writes(from, sentAt, current, written);
        set(written);
        return written;
    }

    /** What somebody does who is no candidate. */
    void edit(@Nullable LeaderRecord next) {
        long at = nextRevision();
        Entry written = next == null ? null : new Entry(next, at, null);
        world.invariants().edits(entry, written);
        set(written);
    }

    private long nextRevision() {
        revision += 1 + random.nextLong(3);
        return revision;
    }

    private void set(@Nullable Entry next) {
        entry = next;
        for (SimulatedWatch watch : watches) {
            watch.changed(next, revision);
        }
    }

    void add(SimulatedWatch watch) {
        watches.add(watch);
    }

    void remove(SimulatedWatch watch) {
        watches.remove(watch);
    }
}
