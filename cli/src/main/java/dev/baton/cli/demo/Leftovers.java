package dev.baton.cli.demo;

import dev.baton.spi.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The resources to remove when the demo ends, in any way; the last one first. */
final class Leftovers implements AutoCloseable {
    private final Deque<AutoCloseable> leftovers = new ArrayDeque<>();
    private final Thread hook;
    private boolean closed;

    /** @param interrupted called before the clean-up when a signal ends the JVM */
    Leftovers(Runnable interrupted) {
        hook = new Thread(
                () -> {
                    interrupted.run();
                    cleanUp();
                },
                "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Removes {@code leftover} at the end; at once if the demo is over. */
    synchronized <T extends AutoCloseable> T add(T leftover) {
        if (closed) {
            remove(leftover);
        } else {
            leftovers.push(leftover);
        }
        return leftover;
    }

    @Override
    public void close() {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down, and its hook will find no leftovers.
            assert closed;
        }
    }

    private synchronized void cleanUp() {
        closed = true;
        while (!leftovers.isEmpty()) {
            remove(leftovers.pop());
        }
    }

    private static void remove(AutoCloseable leftover) {
        try {
            leftover.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            System.err.println("baton demo: could not clean up: " + Printable.text(e.toString()));
        }
    }

    static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(directory)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
