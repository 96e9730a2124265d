package dev.baton.verify;

import dev.baton.spi.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** The {@code dev.baton.Election} events of a flight recording, in the order in which they were committed. */
final class FlightRecording {
    private static final String EVENT = "dev.baton.Election";

    private FlightRecording() {}

    static EventLog read(String name, Path file) throws IOException {
        List<RecordedEvent> recorded = new ArrayList<>();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                if (event.getEventType().getName().equals(EVENT)) {
                    recorded.add(event);
                }
            }
        }
        // A recording is written buffer by buffer, and each buffer is of another thread.
        recorded.sort(Comparator.comparing(RecordedEvent::getStartTime));
        Origin origin = new Origin(name, 0);
        List<LoggedEvent> events = new ArrayList<>();
        for (RecordedEvent event : recorded) {
            try {
                events.add(new LoggedEvent(fields(event).toEvent(), origin));
            } catch (IllegalArgumentException e) {
                throw new UnreadableLogException(origin, event.getStartTime() + ": " + e.getMessage(), e);
            }
        }
        return new EventLog(name, events, List.of());
    }

    /** A name, unchanged: in a recording it is printable. */
    private static @Nullable String raw(@Nullable String name) {
        return name == null ? null : Printable.parse(name);
    }

    private static EventFields fields(RecordedEvent event) {
        EventFields fields = new EventFields();
        fields.at = event.getStartTime().toString();
        fields.mono = event.getLong("mono");
        fields.type = event.getString("type");
        fields.election = event.getString("election");
        fields.identity = raw(event.getString("identity"));
        fields.token = event.getString("token");
        long validUntil = event.getLong("validUntil");
        fields.validUntil = validUntil == 0 ? null : Long.valueOf(validUntil);
        fields.holder = raw(event.getString("holder"));
        fields.reason = event.getString("reason");
        fields.detail = event.getString("detail");
        return fields;
    }
}
