package dev.baton.campaign;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.baton.spi.FencingToken;
import dev.baton.verify.EventLog;
import dev.baton.verify.register.Operation;
import dev.baton.verify.register.Operation.Kind;
import dev.baton.verify.register.Operation.Outcome;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a candidate told in its diary.
 *
 * @param identity of the run
 * @param claims while its API said that it leads, in order
 * @param fenced its calls of the register that compares tokens
 * @param unfenced its calls of the other
 * @param events of its election, where it tells them
 */
record Account(
        String identity, List<Stretch> claims, List<Operation> fenced, List<Operation> unfenced, EventLog events) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads {@code diary}; a last line that was cut off, as by a crash, is left out. */
    static Account read(String identity, Path diary) throws IOException {
        String text = Files.readString(diary, StandardCharsets.UTF_8);
        return parse(identity, text.substring(0, text.lastIndexOf('\n') + 1));
    }

    /** Reads whole lines. */
    static Account parse(String identity, String lines) throws IOException {
        List<Stretch> claims = new ArrayList<>();
        Map<Long, Map<String, String>> asked = new LinkedHashMap<>();
        Map<Long, Map<String, String>> answered = new HashMap<>();
        StringBuilder events = new StringBuilder();
        for (String line : lines.lines().toList()) {
            Map<String, String> fields = fields(line);
            if (fields.containsKey("election")) {
                events.append(line).append('\n');
                continue;
            }
            switch (fields.getOrDefault("type", "")) {
                case "claims" -> claims.add(new Stretch(number(fields, "from"), number(fields, "to")));
                case "asked" -> asked.put(number(fields, "call"), fields);
                case "answered" -> answered.put(number(fields, "call"), fields);
                default -> {
                    // Beginnings and ends, for people.
                }
            }
        }
        List<Operation> fenced = new ArrayList<>();
        List<Operation> unfenced = new ArrayList<>();
        asked.forEach((call, question) -> ("fenced".equals(question.get("register")) ? fenced : unfenced)
                .add(operation(identity, question, answered.get(call))));
        return new Account(
                identity,
                Stretch.joined(claims, 0),
                fenced,
                unfenced,
                EventLog.readJsonLines(identity + ".jsonl", new StringReader(events.toString())));
    }

    private static Operation operation(
            String identity, Map<String, String> asked, @Nullable Map<String, String> answered) {
        boolean write = "write".equals(asked.get("kind"));
        String token = asked.get("token");
        String basedOn = asked.get("basedOn");
        boolean done = answered != null && "done".equals(answered.get("outcome"));
        long value = write ? number(asked, "value") : answered != null && done ? number(answered, "value") : 0;
        return new Operation(
                identity,
                write ? Kind.WRITE : Kind.READ,
                token == null ? null : new FencingToken(0, Long.parseLong(token)),
                value,
                basedOn == null ? null : Long.valueOf(basedOn),
                number(asked, "mono"),
                answered == null ? Long.MAX_VALUE : number(answered, "mono"),
                answered == null ? Outcome.UNKNOWN : done ? Outcome.DONE : Outcome.REFUSED);
    }

    private static long number(Map<String, String> fields, String name) {
        String text = fields.get(name);
        if (text == null) {
            throw new IllegalArgumentException("a line of the diary has no \"" + name + "\": " + fields);
        }
        return Long.parseLong(text);
    }

    /** The fields of a flat object, as text. */
    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                fields.put(name, json.getValueAsString(""));
            }
        }
        return fields;
    }
}
