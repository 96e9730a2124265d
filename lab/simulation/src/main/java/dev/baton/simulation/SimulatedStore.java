package dev.baton.simulation;

import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One register on a store that others write to as well: linearizable, with one revision for everything, as Kubernetes
 * has. A write is a PUT: it compares the version it names, and the uid if it names one; where nothing stands it creates,
 * unless it names a uid. It remembers what has stood, for those who read from a cache and those who restore a backup.
 */
final class SimulatedStore {
    private static final int MOST_BEHIND = 8;

    private final World world;
    private final SplittableRandom random;
    private final List<SimulatedWatch> watches = new ArrayList<>();
    private final List<State> past = new ArrayList<>();
    private @Nullable Entry entry;
    private @Nullable LeaderRecord vanished;
    private @Nullable Node writer;
    private long revision;
    private long uids;
    private int incarnation;

    SimulatedStore(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.revision = random.nextLong(1_000);
        past.add(new State(null, revision));
    }

    /**
     * What stood once.
     *
     * @param entry the record, or null when there was none
     * @param revision the newest of the store then
     */
    record State(@Nullable Entry entry, long revision) {}

    /** What tells an object from another of the same name. */
    record Uid(long number) {}

    @Nullable Entry entry() {
        return entry;
    }

    long revision() {
        return revision;
    }

    /** Who wrote what stands now, or null when that was no candidate. */
    @Nullable Node writer() {
        return writer;
    }

    /** Counts restores: what was sent to the store before one does not reach it afterwards. */
    int incarnation() {
        return incarnation;
    }

    /**
     * Compares and sets.
     *
     * @param decidedAt when, in true time, {@code from} decided to send it
     * @param sentAt when, in true time, the request left {@code from}
     */
    Entry write(Node from, long decidedAt, long sentAt, @Nullable Entry expected, LeaderRecord next) {
        Entry current = entry;
        if (!stands(current, expected)) {
            throw new ConflictException("the register stands elsewhere");
        }
        Object uid = current == null ? newUid() : current.raw();
        Entry written = new Entry(next, nextRevision(), uid);
        if (current == null && vanished != null) {
            world.invariants().creates(from, decidedAt, vanished);
        }
        world.invariants().writes(from, sentAt, current, written);
        writer = from;
        set(written);
        return written;
    }

    private static boolean stands(@Nullable Entry current, @Nullable Entry expected) {
        if (current == null) {
            return expected == null || !(expected.raw() instanceof Uid);
        }
        return expected != null
                && expected.revision() == current.revision()
                && (!(expected.raw() instanceof Uid) || expected.raw().equals(current.raw()));
    }

    /** What somebody does who is no candidate, and has no claim to respect. */
    void edit(@Nullable LeaderRecord next) {
        Entry current = entry;
        if (current != null && current.record().equals(next)) {
            touch(false);
            return;
        }
        long at = nextRevision();
        Entry written = next == null ? null : new Entry(next, at, current == null ? newUid() : current.raw());
        world.invariants().edits(current, written);
        vanished = next == null && current != null && !current.record().isFree() ? current.record() : null;
        writer = null;
        set(written);
    }

    /**
     * Somebody writes the same record once more.
     *
     * @param anew whether the object is deleted and created again, in one step
     */
    void touch(boolean anew) {
        Entry current = entry;
        if (current != null) {
            Entry written = new Entry(current.record(), nextRevision(), anew ? newUid() : current.raw());
            world.invariants().touches(written);
            set(written);
        }
    }

    /** Other objects of the store are written. */
    void pass() {
        revision += random.nextLong(20);
    }

    /** Goes back to what stood once, revisions included, and forgets what came after. */
    void restore() {
        int back = random.nextBoolean() ? 1 + random.nextInt(Math.min(past.size(), MOST_BEHIND)) : past.size();
        State backup = past.get(past.size() - 1 - random.nextInt(back));
        world.invariants().restores(entry, backup.entry());
        past.clear();
        past.add(backup);
        entry = backup.entry();
        revision = backup.revision();
        vanished = null;
        writer = null;
        incarnation++;
        endWatches();
    }

    /** All watches end. */
    void endWatches() {
        for (SimulatedWatch watch : List.copyOf(watches)) {
            watch.sever();
        }
    }

    /** What a cache that lags may answer: a record of the same place that stood before, if there was one. */
    @Nullable Entry stale() {
        int back = 1 + random.nextInt(Math.min(past.size(), MOST_BEHIND));
        Entry older = past.get(past.size() - back).entry();
        return older == null ? entry : older;
    }

    /** The last few states before the newest, oldest first. */
    List<State> recent() {
        int last = past.size() - 1;
        return List.copyOf(past.subList(Math.max(0, last - 1 - random.nextInt(3)), last));
    }

    private Uid newUid() {
        return new Uid(++uids);
    }

    private long nextRevision() {
        revision += 1 + random.nextLong(3);
        return revision;
    }

    private void set(@Nullable Entry next) {
        entry = next;
        long at = revision;
        past.add(new State(next, at));
        for (SimulatedWatch watch : watches) {
            watch.changed(next, at);
        }
    }

    void add(SimulatedWatch watch) {
        watches.add(watch);
    }

    void remove(SimulatedWatch watch) {
        watches.remove(watch);
    }
}
