package dev.baton.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The events of one file, in its order.
 *
 * @param name the name of the file
 * @param events the candidates' events
 * @param remarks remarks on the file for its reader, a sentence each
 */
public record EventLog(String name, List<LoggedEvent> events, List<String> remarks) {
    private static final byte[] FLIGHT_RECORDING = {'F', 'L', 'R', 0};

    public EventLog {
        events = List.copyOf(events);
        remarks = List.copyOf(remarks);
    }

    /**
     * Reads lines of JSON, or a flight recording.
     *
     * @throws UnreadableLogException when the file is neither, or cannot be read
     */
    public static EventLog read(Path file) throws UnreadableLogException {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new UnreadableLogException(
                    new Origin(name, 0),
                    Files.isDirectory(file) ? "is a folder; name the files in it" : "there is no such file",
                    null);
        }
        try {
            if (isFlightRecording(file)) {
                return FlightRecording.read(name, file);
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                return JsonLines.read(name, lines);
            }
        } catch (UnreadableLogException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableLogException(new Origin(name, 0), "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads several files.
     *
     * @throws UnreadableLogException when one of them cannot be parsed
     */
    public static List<EventLog> readAll(Iterable<Path> files) throws UnreadableLogException {
        List<EventLog> logs = new ArrayList<>();
        for (Path file : files) {
            logs.add(read(file));
        }
        return logs;
    }

    /**
     * Reads lines of JSON, as {@link dev.baton.event.EventSink#jsonLines} wrote them.
     *
     * @param name the name of the log
     * @throws UnreadableLogException when a line is not one object of JSON, or the event in it lacks something
     * @throws IOException when {@code lines} fails
     */
    public static EventLog readJsonLines(String name, Reader lines) throws IOException {
        return JsonLines.read(name, new BufferedReader(lines));
    }

    private static boolean isFlightRecording(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(FLIGHT_RECORDING.length), FLIGHT_RECORDING);
        }
    }
}
