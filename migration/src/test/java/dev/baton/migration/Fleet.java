package dev.baton.migration;

import static dev.baton.fixture.Samples.TIMING;

import dev.baton.LeaderElection;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Three processes and two stores in one world, looked at in its true time after every step. */
final class Fleet {
    /** What a process holds. */
    enum Kind {
        OLD,
        BOTH,
        NEW
    }

    private static final Duration STEP = Duration.ofMillis(20);
    private static final ElectionName OTHER = new ElectionName("other", "election");

    private final VirtualTime world;
    final Random random;
    private final InMemoryRegister oldStore;
    private final InMemoryRegister newStore;
    private final int newEpoch;
    private final long raiseFrom;
    private final Duration failover;
    private final List<Member> processes = new ArrayList<>();
    private final List<Member> gone = new ArrayList<>();
    private Moment quietSince;

    private @Nullable String wrong;

    @Nullable FencingToken last;

    long longestGapNanos;
    int terms;

    /** @param failover how long nobody may lead after the last disturbance */
    Fleet(long seed, int newEpoch, long raiseFrom, Duration failover) {
        world = new VirtualTime(seed);
        random = new Random(seed);
        oldStore = InMemoryRegister.on(new VirtualRuntime(world));
        newStore = InMemoryRegister.on(new VirtualRuntime(world));
        this.newEpoch = newEpoch;
        this.raiseFrom = raiseFrom;
        this.failover = failover;
        quietSince = world.now();
        // The old store has been in use for longer than the new one.
        writeToOld(5_000);
        for (int i = 0; i < 3; i++) {
            processes.add(new Member(Kind.OLD));
        }
    }

    void writeToOld(int times) {
        for (int i = 0; i < times; i++) {
            oldStore.delete(OTHER);
        }
    }

    /** One process: its backends, its clock, its candidate. */
    private final class Member {
        final Kind kind;
        final List<MortalRuntime> runtimes = new ArrayList<>();
        final List<Link> links = new ArrayList<>();
        final double rate = 1 + (random.nextDouble() - 0.5) / 50;
        final LeaderElection election;
        boolean dead;

        Member(Kind kind) {
            this.kind = kind;
            election = LeaderElection.on(backend(), "orders/reconciler")
                    .timing(TIMING)
                    .onStartedLeading(term -> began(term.fencingToken()))
                    .start();
        }

        private LockBackend backend() {
            return switch (kind) {
                case OLD -> old();
                case NEW -> fresh();
                case BOTH -> DualBackend.of(old(), fresh(), raiseFrom);
            };
        }

        private LockBackend old() {
            return new RegisterBackend(link(oldStore), 3);
        }

        private LockBackend fresh() {
            return new RegisterBackend(link(newStore), newEpoch);
        }

        private Link link(InMemoryRegister store) {
            MortalRuntime runtime = new MortalRuntime(world, rate);
            Link link = new Link(store, world, runtime);
            runtimes.add(runtime);
            links.add(link);
            return link;
        }

        boolean leads() {
            return !dead && election.leadership().isPresent();
        }

        void kill() {
            dead = true;
            runtimes.forEach(MortalRuntime::kill);
        }
    }

    private void began(FencingToken token) {
        terms++;
        FencingToken before = last;
        if (before != null && !token.isAfter(before)) {
            // What a callback throws ends its term and is logged: it has to be thrown where the test looks.
            wrong = "token " + token + " after " + before;
        }
        last = token;
    }

    /** Lets time pass, and looks after each step. */
    void run(Duration duration) {
        Moment end = world.now().plus(duration);
        while (world.now().isBefore(end)) {
            world.advance(STEP);
            look();
        }
    }

    private void look() {
        if (wrong != null) {
            throw new AssertionError(wrong + ": " + kinds());
        }
        long leaders = processes.stream().filter(Member::leads).count()
                + gone.stream().filter(Member::leads).count();
        if (leaders > 1) {
            throw new AssertionError(leaders + " leaders at once: " + kinds());
        }
        if (leaders == 1) {
            quietSince = world.now();
        }
        long gap = world.now().nanosSince(quietSince);
        longestGapNanos = Math.max(longestGapNanos, gap);
        if (gap > failover.toNanos()) {
            throw new AssertionError("nobody led for " + Duration.ofNanos(gap) + ": " + kinds());
        }
    }

    private List<Kind> kinds() {
        return processes.stream().map(process -> process.kind).toList();
    }

    private Duration upTo(int millis) {
        return Duration.ofMillis(random.nextInt(millis));
    }

    /** Replaces every process, one after another in any order, by one of {@code kind}. */
    void roll(Kind kind, boolean faults) {
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(order, random);
        for (int i : order) {
            if (faults) {
                maybeFault();
            }
            replace(i, kind, faults && random.nextInt(3) == 0);
            run(upTo(faults ? 30_000 : 5_000).plusSeconds(1));
        }
    }

    private void replace(int i, Kind kind, boolean crash) {
        Member process = processes.get(i);
        boolean led = process.leads();
        if (!crash) {
            CompletableFuture<Void> closed = process.election.closeAsync().toCompletableFuture();
            Moment patience = world.now().plus(Duration.ofSeconds(20));
            while (!closed.isDone() && world.now().isBefore(patience)) {
                run(STEP);
            }
        }
        kill(i);
        if (crash && led) {
            quietSince = world.now();
        }
        if (random.nextBoolean()) {
            run(upTo(2_000));
        }
        processes.set(i, new Member(kind));
    }

    private void kill(int i) {
        Member process = processes.get(i);
        process.kill();
        gone.add(process);
    }

    private void maybeFault() {
        int i = random.nextInt(3);
        Member process = processes.get(i);
        switch (random.nextInt(4)) {
            case 0 -> {
                replace(i, process.kind, true);
                run(upTo(40_000));
            }
            case 1, 2 -> {
                Link link = process.links.get(random.nextInt(process.links.size()));
                link.cut();
                run(upTo(40_000));
                link.heal();
                run(upTo(40_000));
            }
            default -> run(upTo(20_000));
        }
    }

    /** Waits for the old store's revisions to reach raiseFrom, and for a term that begins after that. */
    void raise() {
        writeToOld((int) raiseFrom);
        for (int tries = 0; last == null || last.epoch() != newEpoch; tries++) {
            if (tries > 10) {
                throw new AssertionError("the epoch does not rise");
            }
            processes.stream().filter(Member::leads).forEach(process -> process.election.stepDown());
            run(Duration.ofSeconds(5));
        }
    }
}
