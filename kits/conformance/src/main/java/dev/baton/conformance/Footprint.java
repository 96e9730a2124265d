package dev.baton.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The threads, sockets and watches of this JVM's instances at one moment.
 *
 * @param threads the live threads, by name and number
 * @param sockets the open sockets of this process; empty where the system does not list them
 * @param watches the watches that the store serves; empty where the harness cannot count them
 */
record Footprint(Set<String> threads, OptionalInt sockets, OptionalInt watches) {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    static Footprint now(BackendHarness harness) {
        try {
            return new Footprint(alive(), openSockets(), harness.watches());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the harness could not count watches", e);
        }
    }

    static Set<String> alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(thread -> thread.getName() + "#" + thread.getId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static OptionalInt openSockets() {
        if (!Files.isDirectory(OPEN_FILES)) {
            return OptionalInt.empty();
        }
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return OptionalInt.of((int) files.filter(Footprint::isSocket).count());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + OPEN_FILES, e);
        }
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException e) {
            // The file was closed between listing and reading, so it does not count.
            return false;
        }
    }

    /** Describes what has grown by one or more for each of {@code lives}; empty if nothing has. */
    String leftSince(Footprint before, int lives) {
        List<String> left = new ArrayList<>();
        Set<String> more = new TreeSet<>(threads);
        more.removeAll(before.threads);
        if (grownByKind(before) >= lives) {
            left.add(more.size() + " threads " + more);
        }
        grown("sockets", before.sockets, sockets, lives, left);
        grown("watches", before.watches, watches, lives, left);
        return String.join(", ", left);
    }

    /**
     * The number of additional threads. The end of a thread offsets only the start of another of the same kind, as in a
     * pool: threads of instances closed by other tests may end late.
     */
    private long grownByKind(Footprint before) {
        Map<String, Long> were = byKind(before.threads);
        return byKind(threads).entrySet().stream()
                .mapToLong(now -> Math.max(0, now.getValue() - were.getOrDefault(now.getKey(), 0L)))
                .sum();
    }

    /** Removes numbers: threads of one kind differ by the numbers in their names. */
    private static Map<String, Long> byKind(Set<String> threads) {
        return threads.stream()
                .collect(Collectors.groupingBy(name -> NUMBER.matcher(name).replaceAll("N"), Collectors.counting()));
    }

    private static void grown(String what, OptionalInt before, OptionalInt after, int lives, List<String> left) {
        if (before.isPresent() && after.isPresent() && after.getAsInt() - before.getAsInt() >= lives) {
            left.add(after.getAsInt() - before.getAsInt() + " " + what);
        }
    }
}
