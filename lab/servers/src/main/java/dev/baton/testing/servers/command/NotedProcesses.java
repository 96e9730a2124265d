package dev.baton.testing.servers.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The processes of a control plane in a file, a line each: its name, its id, and when it began, since ids are given to
 * others some day.
 */
final class NotedProcesses {
    /** Two JVMs count from when the machine was started, which each knows to a second or so. */
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    /** A process by its name in the file. */
    record Noted(String name, long pid, Instant began) {
        static Optional<Noted> of(String name, long pid) {
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().startInstant())
                    .map(began -> new Noted(name, pid, began));
        }

        /** The process, unless it has ended. */
        Optional<ProcessHandle> process() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(start -> Duration.between(start, began).abs())
                            .filter(difference -> difference.compareTo(TOLERANCE) < 0)
                            .isPresent());
        }
    }

    private NotedProcesses() {}

    static void write(Path file, Stream<Noted> processes) throws IOException {
        List<String> lines = processes
                .map(noted -> noted.name() + " " + noted.pid() + " " + noted.began())
                .toList();
        // Whoever reads must not find half of it.
        Path whole = Files.write(file.resolveSibling(file.getFileName() + ".new"), lines);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was noted; nothing if there is no file. */
    static List<Noted> read(Path file) throws IOException {
        List<Noted> processes = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ", 3);
                processes.add(new Noted(words[0], Long.parseLong(words[1]), Instant.parse(words[2])));
            }
        }
        return processes;
    }
}
