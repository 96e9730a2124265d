package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text from outside, such as holders' names, keys and servers' messages, fit for a log, a terminal and a picture.
 *
 * <p>Nothing that is shown moves a cursor, ends a line, turns the direction of writing or hides: such a character is
 * written as its code point, <code>&#92;u{1b}</code> for an escape. Stored, sent and compared text stays as it is; this
 * is for output, and is applied once to each name, by {@link #value}, and to each whole sentence, by {@link #text}.
 */
public final class Printable {
    /** Longer sentences are cut. */
    private static final int LONGEST_TEXT = 2_000;

    /** How much of a sentence is searched for secrets, before it is cut. */
    private static final int LONGEST_READ = 16 * LONGEST_TEXT;

    private static final Pattern ESCAPE = Pattern.compile("\\\\u\\{([0-9a-f]{1,6})}");

    private Printable() {}

    /**
     * One name, key or other value. Two values that differ look different: a space at either end or behind another space is
     * escaped as well, so is what already looks like an escape, and nothing is cut.
     */
    public static String value(String raw) {
        StringBuilder shown = null;
        Required.given("raw", raw);
        for (int at = 0; at < raw.length(); at += Character.charCount(raw.codePointAt(at))) {
            int code = raw.codePointAt(at);
            boolean plain = isPrintable(code) && !isAmbiguous(raw, at);
            if (shown == null && !plain) {
                shown = new StringBuilder(raw.length() + 32).append(raw, 0, at);
            }
            if (shown != null) {
                append(shown, code, plain);
            }
        }
        return shown == null ? raw : shown.toString();
    }

    /** The text that {@link #value} turned into {@code shown}. */
    public static String parse(String shown) {
        return ESCAPE.matcher(Required.given("shown", shown))
                .replaceAll(found -> Matcher.quoteReplacement(codePoint(found.group(1), found.group())));
    }

    /**
     * One line of a sentence, with values in it or not: text that looks like a {@linkplain Secrets secret} is hidden,
     * unprintable characters are escaped, and text beyond 2,000 characters is cut. A text that has been through this
     * stays as it is.
     */
    public static String text(String sentence) {
        String read = Required.given("sentence", sentence).length() > LONGEST_READ
                ? sentence.substring(0, LONGEST_READ)
                : sentence;
        String hidden = Secrets.NONE_KNOWN.hide(withoutLastBreak(read));
        StringBuilder shown = new StringBuilder(hidden.length() + 16);
        hidden.codePoints().forEach(code -> append(shown, code, isPrintable(code)));
        if (shown.length() <= LONGEST_TEXT && read.length() == sentence.length()) {
            return shown.toString();
        }
        String rest = "… (" + sentence.length() + " characters)";
        return shown.substring(0, Math.min(shown.length(), LONGEST_TEXT - rest.length())) + rest;
    }

    /**
     * A failure whose messages, and those of its causes, are as {@link #text} has them; {@code failure} itself where they
     * are already. Another one names the original type in its {@code toString()}.
     */
    public static Throwable failure(Throwable failure) {
        return Secrets.NONE_KNOWN.hide(Required.given("failure", failure));
    }

    /** Whether a character is visible and has no other effect. */
    public static boolean isPrintable(int codePoint) {
        if (codePoint < 0x7f) {
            return codePoint >= ' ';
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> !isInvisible(codePoint);
        };
    }

    /** Letters and marks that take no room, or show nothing in it. */
    private static boolean isInvisible(int codePoint) {
        return codePoint == 0x034f
                || codePoint == 0x115f
                || codePoint == 0x1160
                || codePoint == 0x2800
                || codePoint == 0x3164
                || codePoint == 0xffa0
                || (codePoint >= 0x17b4 && codePoint <= 0x17b5)
                || (codePoint >= 0x180b && codePoint <= 0x180f)
                || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
                || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
    }

    private static String withoutLastBreak(String read) {
        int end = read.length();
        while (end > 0 && (read.charAt(end - 1) == '\n' || read.charAt(end - 1) == '\r')) {
            end--;
        }
        return read.substring(0, end);
    }

    private static boolean isAmbiguous(String raw, int at) {
        return switch (raw.charAt(at)) {
            case ' ' -> at == 0 || at == raw.length() - 1 || raw.charAt(at - 1) == ' ';
            case '\\' -> raw.startsWith("\\u{", at);
            default -> false;
        };
    }

    private static void append(StringBuilder shown, int code, boolean plain) {
        if (plain) {
            shown.appendCodePoint(code);
        } else {
            shown.append("\\u{").append(Integer.toHexString(code)).append('}');
        }
    }

    private static String codePoint(String hex, String otherwise) {
        int code = Integer.parseInt(hex, 16);
        return Character.isValidCodePoint(code) ? Character.toString(code) : otherwise;
    }
}
