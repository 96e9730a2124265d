package dev.baton.cli.status;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;

/** A status for programs: one object, as JSON or as YAML. Times are ISO 8601 in UTC, durations seconds, unknowns null. */
final class StatusTree {
    private static final ObjectWriter JSON =
            new ObjectMapper().registerModule(times()).writer(new Unprintable());
    private static final ObjectWriter YAML = YAMLMapper.builder(
                    YAMLFactory.builder().dumperOptions(ascii()).build())
            .addModule(times())
            .build()
            .writer();

    private StatusTree() {}

    /** On several lines, readable. */
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

    private static String write(ObjectWriter writer, Status status, boolean pretty) {
        try {
            return (pretty ? writer.withDefaultPrettyPrinter() : writer).writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status can always be written", e);
        }
    }

    /** Text that is not ASCII is escaped in quotes. */
    private static DumperOptions ascii() {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(false);
        return options;
    }

    /** Characters that are not {@linkplain Printable printable} are escaped as in JSON, so that they parse back. */
    private static final class Unprintable extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final int DELETE = 0x7f;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
            codes[DELETE] = CharacterEscapes.ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int code) {
            return Printable.isPrintable(code) ? null : new SerializedString(String.format("\\u%04x", code));
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
