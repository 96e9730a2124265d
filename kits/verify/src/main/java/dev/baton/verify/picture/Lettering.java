package dev.baton.verify.picture;

/**
 * Estimates the width of a text. The reader's font is unknown, so a letter has its width in DejaVu Sans, which is wider
 * than the default fonts of other systems.
 */
final class Lettering {
    /** The factor by which bold letters are wider. */
    static final double BOLD = 1.16;

    private static final String ELLIPSIS = "…";
    /** The shortest useful length of a shortened word. */
    private static final int FEWEST = 4;

    private static final double ASIAN = 1.1;
    private static final double OTHER = 0.9;
    private static final int FIRST_ASIAN = 0x2e80;

    private Lettering() {}

    /** The width in pixels, of letters that are {@code size} high. */
    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(Lettering::em).sum();
    }

    /**
     * The text, or as much of its beginning as fits, with an ellipsis; empty where too little fits. A number is never
     * cut, because it would become another number.
     */
    static String shortened(String text, double size, double room) {
        if (width(text, size) <= room) {
            return text;
        }
        if (text.chars().allMatch(Character::isDigit)) {
            return "";
        }
        int letters = text.codePointCount(0, text.length()) - 1;
        while (letters >= FEWEST) {
            String start =
                    text.substring(0, text.offsetByCodePoints(0, letters)).stripTrailing() + ELLIPSIS;
            if (width(start, size) <= room) {
                return start;
            }
            letters--;
        }
        return "";
    }

    private static double em(int letter) {
        return switch (letter) {
            case ' ', '\'', ',', '.', '/', ':', ';', '\\', '|', '-', 'f', 'i', 'j', 'l', 'I', 'J' -> 0.37;
            case '(', ')', '[', ']', '!', 'r', 't' -> 0.42;
            case 'A', 'B', 'C', 'K', 'R', 'V', 'X', 'Z' -> 0.7;
            case '&', 'D', 'G', 'H', 'N', 'O', 'Q', 'U' -> 0.79;
            case '#', '+', '<', '=', '>', '^', '~', 'w', 'M' -> 0.87;
            case '%', '@', 'm', 'W', '…' -> 1.0;
            default -> letter < 0x7f ? 0.64 : letter < FIRST_ASIAN ? OTHER : ASIAN;
        };
    }
}
