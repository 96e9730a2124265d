package dev.baton.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of JSON, one event each. An object without {@code election} is not Baton's, and is skipped. */
final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();

    private final String name;
    private final List<LoggedEvent> events = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private long passedOver;

    private JsonLines(String name) {
        this.name = name;
    }

    static EventLog read(String name, BufferedReader lines) throws IOException {
        return new JsonLines(name).read(lines);
    }

    private EventLog read(BufferedReader lines) throws IOException {
        long number = 0;
        String line = lines.readLine();
        while (line != null) {
            number++;
            String next = lines.readLine();
            if (!line.isBlank()) {
                take(new Origin(name, number), line, next == null);
            }
            line = next;
        }
        if (passedOver > 0) {
            remarks.add(Printable.value(name) + " also holds " + passedOver + (passedOver == 1 ? " line" : " lines")
                    + " of JSON that are no election's events; they were passed over");
        }
        return new EventLog(name, events, remarks);
    }

    private void take(Origin origin, String line, boolean last) throws IOException {
        try {
            ElectionEvent event = parse(line);
            if (event == null) {
                passedOver++;
            } else {
                events.add(new LoggedEvent(event, origin));
            }
        } catch (JsonProcessingException e) {
            // A process that dies during a write leaves half a line: the other lines still count.
            if (last && !events.isEmpty() && line.startsWith("{") && !line.endsWith("}")) {
                remarks.add(origin + " is cut off in the middle, as by a crash; it was left out");
            } else {
                throw new UnreadableLogException(
                        origin, "this is not one object of JSON: " + e.getOriginalMessage(), e);
            }
        } catch (IllegalArgumentException e) {
            throw new UnreadableLogException(origin, String.valueOf(e.getMessage()), e);
        }
    }

    /** The event in {@code line}, or null when the object in it is not an election's. */
    private static @Nullable ElectionEvent parse(String line) throws IOException {
        EventFields fields = new EventFields();
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("this is not one object of JSON: it does not begin with '{'");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                field(fields, name, json);
                json.skipChildren();
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("there is more on the line than one object of JSON");
            }
        }
        return fields.election == null ? null : fields.toEvent();
    }

    private static void field(EventFields fields, String name, JsonParser json) throws IOException {
        switch (name) {
            case "at" -> fields.at = json.getValueAsString();
            case "mono" -> fields.mono = number(json);
            case "validUntil" -> fields.validUntil = number(json);
            case "type" -> fields.type = json.getValueAsString();
            case "election" -> fields.election = json.getValueAsString();
            case "identity" -> fields.identity = json.getValueAsString();
            case "token" -> fields.token = json.getValueAsString();
            case "holder" -> fields.holder = json.getValueAsString();
            case "reason" -> fields.reason = json.getValueAsString();
            case "detail" -> fields.detail = json.getValueAsString();
            default -> {
                // A later version may add fields.
            }
        }
    }

    private static @Nullable Long number(JsonParser json) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : null;
    }
}
