package dev.baton.cli.demo;

import dev.baton.cli.command.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** All facts, in the order of their arrival. Any thread may add facts, read them, or wait for them. */
final class Journal {
    private final List<Fact> facts = new ArrayList<>();
    private final List<Consumer<Fact>> readers;

    /** @param readers get each fact, in order, and must be quick */
    Journal(List<Consumer<Fact>> readers) {
        this.readers = List.copyOf(readers);
    }

    synchronized void add(Fact fact) {
        facts.add(fact);
        readers.forEach(reader -> reader.accept(fact));
        notifyAll();
    }

    synchronized List<Fact> all() {
        return List.copyOf(facts);
    }

    /**
     * Waits until {@code look} finds a result.
     *
     * @param what the awaited result in words, for the failure
     * @throws BrokenScene when it does not come in time, or a candidate dies meanwhile
     */
    synchronized <T> T await(String what, Duration patience, Function<List<Fact>, Optional<T>> look)
            throws InterruptedException, BrokenScene {
        long deadline = System.nanoTime() + patience.toNanos();
        for (; ; ) {
            Optional<T> found = look.apply(facts);
            if (found.isPresent()) {
                return found.get();
            }
            Optional<Fact> death =
                    facts.stream().filter(fact -> fact.is("died")).findFirst();
            if (death.isPresent()) {
                throw new BrokenScene(death.get().who() + " ended by itself with exit code "
                        + death.get().number("code") + " while the demo waited for " + what);
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new BrokenScene("the demo waited " + Durations.text(patience.toNanos()) + " for " + what
                        + ", and it did not come");
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }
}
