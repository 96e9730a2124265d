package dev.baton.testing.servers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs of its machine: where that is missing, the test is aborted with the reason, so that the report says
 * what was not shown.
 *
 * <p>In the {@linkplain Lane#FULL full lane} it fails instead: a build that is meant to show everything must not pass by
 * skipping.
 */
public final class Requires {
    private Requires() {}

    /**
     * Goes on if {@code present}.
     *
     * @param reason what is missing and how to get it
     * @throws TestAbortedException if not, outside the full lane
     * @throws AssertionError if not, in the full lane
     */
    public static void that(boolean present, String reason) {
        that(present, reason, System.getenv());
    }

    /**
     * The path of the program {@code name}, from {@code PATH}.
     *
     * @throws TestAbortedException if there is none, outside the full lane
     * @throws AssertionError if there is none, in the full lane
     */
    public static Path program(String name) {
        return program(name, System.getenv());
    }

    /** As {@link #program(String)}, with {@code remedy}, what to do where there is none. */
    public static Path program(String name, String remedy) {
        return find(name, System.getenv()).orElseThrow(() -> missing(notOnPath(name) + ": " + remedy, System.getenv()));
    }

    /** Whether the program {@code name} is on the {@code PATH}, for what can be left out without it. */
    static boolean hasProgram(String name) {
        return find(name, System.getenv()).isPresent();
    }

    static void that(boolean present, String reason, Map<String, String> environment) {
        if (!present) {
            throw missing(reason, environment);
        }
    }

    static Path program(String name, Map<String, String> environment) {
        return find(name, environment).orElseThrow(() -> missing(notOnPath(name), environment));
    }

    private static String notOnPath(String name) {
        return "the program " + name + " is not on the PATH";
    }

    private static RuntimeException missing(String reason, Map<String, String> environment) {
        Lane lane = Lane.of(environment);
        if (lane.skipsNothing()) {
            throw new AssertionError("the full lane skips nothing, and " + reason);
        }
        return new TestAbortedException((lane == Lane.FAST ? Lane.SKIPPED : "") + reason);
    }

    private static Optional<Path> find(String name, Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
