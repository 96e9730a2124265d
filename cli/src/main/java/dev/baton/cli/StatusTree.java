package dev.baton.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** A status for programs: one object, as JSON or as YAML. Times are ISO 8601 in UTC, durations seconds, unknowns null. */
final class StatusTree {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(times());
    private static final YAMLMapper YAML =
            YAMLMapper.builder().addModule(times()).build();

    private StatusTree() {}

    /** On several lines, for people as well. */
    static String json(Status status) {
        return write(JSON, status, true) + "\n";
    }

    /** On one line. */
    static String jsonLine(Status status) {
        return write(JSON, status, false) + "\n";
    }

    /** A document of its own, begun by three dashes. */
    static String yaml(Status status) {
        return write(YAML, status, false);
    }

    private static String write(ObjectMapper mapper, Status status, boolean pretty) {
        try {
            return (pretty ? mapper.writerWithDefaultPrettyPrinter() : mapper.writer()).writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status can always be written", e);
        }
    }

    private static SimpleModule times() {
        return new SimpleModule()
                .addSerializer(Instant.class, new JsonSerializer<>() {
                    @Override
                    public void serialize(Instant value, JsonGenerator to, SerializerProvider all) throws IOException {
                        to.writeString(value.toString());
                    }
                })
                .addSerializer(Duration.class, new JsonSerializer<>() {
                    @Override
                    public void serialize(Duration value, JsonGenerator to, SerializerProvider all) throws IOException {
                        to.writeNumber(value.toSeconds());
                    }
                });
    }
}
