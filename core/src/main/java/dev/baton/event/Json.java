package dev.baton.event;

import dev.baton.spi.Printable;
import org.jspecify.annotations.Nullable;

/** As much JSON as one flat object needs. */
final class Json {
    private Json() {}

    static void field(StringBuilder json, String name, @Nullable String value) {
        if (value != null) {
            name(json, name);
            quote(json, value);
        }
    }

    static void field(StringBuilder json, String name, long value) {
        name(json, name);
        json.append(value);
    }

    private static void name(StringBuilder json, String name) {
        if (json.charAt(json.length() - 1) != '{') {
            json.append(',');
        }
        quote(json, name);
        json.append(':');
    }

    private static void quote(StringBuilder json, String value) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (!Printable.isPrintable(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
