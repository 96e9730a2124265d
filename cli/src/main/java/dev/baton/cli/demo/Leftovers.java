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

/** What has to be gone when the demo ends, however it ends; the last one first. */
final class Leftovers implements AutoCloseable {
    private final Deque<AutoCloseable> leftovers = new ArrayDeque<>();
    private final Thread hook;
    private boolean closed;

    /** @param interrupted called before the clean-up when the JVM is ended from outside */
    Leftovers(Runnable interrupted) {
        hook = new Thread(
                () -> {
                    interrupted.run();
                    cleanUp();
                },
                "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Takes care of {@code leftover}; at once, if the end has come already. */
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
            // The JVM is ending, and the hook will find that nothing is left.
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
