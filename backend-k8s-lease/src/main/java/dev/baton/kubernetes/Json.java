package dev.baton.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Objects of the API server as trees, so that an update keeps fields that Baton does not know. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Parses an object.
     *
     * @throws IOException when {@code text} is not a JSON object
     */
    static ObjectNode parse(byte[] text) throws IOException {
        return object(MAPPER.readTree(text));
    }

    /** As {@link #parse(byte[])}. */
    static ObjectNode parse(String text) throws IOException {
        return object(MAPPER.readTree(text));
    }

    private static ObjectNode object(JsonNode node) throws IOException {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("not a JSON object");
    }

    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always text", e);
        }
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    static String resourceVersion(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asText();
    }

    static String annotation(JsonNode object, String key) {
        return object.path("metadata").path("annotations").path(key).asText();
    }

    static ObjectNode annotations(ObjectNode object) {
        return child(child(object, "metadata"), "annotations");
    }

    /** The object called {@code field} in {@code parent}, added if there is none. */
    static ObjectNode child(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode child ? child : parent.putObject(field);
    }

    /**
     * The whole number in {@code node}, limited to 32 bits, as API servers count; 0 for anything else. Other clients
     * may write any text into an annotation.
     */
    static int count(JsonNode node) {
        if (!node.isIntegralNumber()) {
            return 0;
        }
        return node.canConvertToInt()
                ? node.intValue()
                : node.bigIntegerValue().signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** The time in {@code text}, with any number of fraction digits, or null. */
    static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The time in {@code field}, or the epoch. */
    static Instant time(JsonNode parent, String field) {
        Instant time = time(parent.path(field).asText());
        return time == null ? Instant.EPOCH : time;
    }
}
