package dev.baton.cli.demo;

import dev.baton.spi.Printable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Flat JSON objects of strings, whole numbers and booleans: the form of an event line. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException when {@code text} is not such an object */
    static Map<String, Object> parse(String text) {
        return new Json(text).object();
    }

    static String write(Map<String, Object> fields) {
        StringBuilder json = new StringBuilder(160).append('{');
        fields.forEach((name, value) -> {
            if (json.length() > 1) {
                json.append(',');
            }
            quote(json, name);
            json.append(':');
            if (value instanceof Number || value instanceof Boolean) {
                json.append(value);
            } else {
                quote(json, String.valueOf(value));
            }
        });
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String value) {
        json.append('"');
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (!Printable.isPrintable(c)) {
                json.append(String.format("\\u%04x", c));
            } else {
                json.append((char) c);
            }
        });
        json.append('"');
    }

    private Map<String, Object> object() {
        Map<String, Object> fields = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            if (!fields.isEmpty()) {
                expect(',');
            }
            String name = string();
            expect(':');
            fields.put(name, peek() == '"' ? string() : word());
        }
        expect('}');
        if (at != text.length()) {
            throw malformed();
        }
        return fields;
    }

    private Object word() {
        int from = at;
        while (peek() != ',' && peek() != '}') {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false")) {
            return Boolean.valueOf(word);
        }
        try {
            return Long.valueOf(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("neither a whole number nor a boolean: " + word, e);
        }
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        expect('"');
        while (peek() != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' ? escaped() : c);
        }
        expect('"');
        return value.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c != 'u') {
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                default -> c;
            };
        }
        if (at + 4 > text.length()) {
            throw malformed();
        }
        int code = Integer.parseInt(text, at, at + 4, 16);
        at += 4;
        return (char) code;
    }

    private char peek() {
        if (at >= text.length()) {
            throw malformed();
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw malformed();
        }
        at++;
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException("not a flat JSON object at character " + at + ": " + text);
    }
}
