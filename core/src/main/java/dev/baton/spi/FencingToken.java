package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proof of a term: greater than the token of every earlier term of the election.
 *
 * <p>A resource that remembers the greatest token it has seen, and refuses a write that carries a smaller one, is safe
 * from every deposed leader that believes that it still leads. {@code number} is the store's own revision at which the
 * term began. {@code epoch} is configured, and raised by the operator when a store is restored from a backup or replaced,
 * since its revisions may then repeat.
 *
 * @param epoch 0 to 2 147 483 647
 * @param number 0 to 2⁶³ − 1
 */
public record FencingToken(int epoch, long number) implements Comparable<FencingToken> {
    private static final Comparator<FencingToken> ORDER =
            Comparator.comparingInt(FencingToken::epoch).thenComparingLong(FencingToken::number);
    private static final Pattern TEXT = Pattern.compile("(\\d{10})-(\\d{19})");

    /** @throws IllegalArgumentException when either is negative */
    public FencingToken {
        if (epoch < 0) {
            throw new IllegalArgumentException("token epoch " + epoch
                    + " must not be negative; begin at 0 and raise it by one at each restore or migration");
        }
        if (number < 0) {
            throw new IllegalArgumentException(
                    "token number " + number + " must not be negative: it is a revision of the store, 63 bits wide");
        }
    }

    /**
     * Checks an epoch that a backend is configured with: 0 to 2 147 483 646, so that there is always a greater one.
     *
     * @return {@code epoch}
     * @throws IllegalArgumentException naming the value, the rule and the way out
     */
    public static int checkEpoch(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch " + epoch
                    + " must not be negative; begin at 0 and raise it by one at each restore or migration");
        }
        if (epoch == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("epoch " + epoch
                    + " must be at most 2147483646, since the next restore or migration needs a greater one; begin at 0"
                    + " and raise it by one at each");
        }
        return epoch;
    }

    /** The epoch after this token's, or the greatest there is. */
    public int nextEpoch() {
        return epoch == Integer.MAX_VALUE ? epoch : epoch + 1;
    }

    @Override
    public int compareTo(FencingToken other) {
        return ORDER.compare(this, other);
    }

    /** Whether this token belongs to a later term than {@code other}. */
    public boolean isAfter(FencingToken other) {
        return compareTo(other) > 0;
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException when {@code text} is anything else
     */
    public static FencingToken parse(String text) {
        Matcher matcher = TEXT.matcher(Required.given("text", text));
        try {
            if (matcher.matches()) {
                return new FencingToken(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
            }
        } catch (NumberFormatException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static IllegalArgumentException malformed(
            String text, @org.jspecify.annotations.Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                "token \"" + Printable.value(text)
                        + "\" must be ten digits of epoch, '-', nineteen digits of number, as toString() writes it",
                cause);
    }

    /** For people, as logs and {@code baton status} show it: {@code 42}, with an epoch {@code 1-42}. */
    public String shortText() {
        return epoch == 0 ? Long.toString(number) : epoch + "-" + number;
    }

    /** Thirty characters, {@code epoch-number} in decimal with leading zeros: sorts as text just as tokens do. */
    @Override
    public String toString() {
        return padded(epoch, 10) + "-" + padded(number, 19);
    }

    /** Without a formatter, which costs more than all else that a renewal does. */
    private static String padded(long value, int digits) {
        String text = Long.toString(value);
        return "0".repeat(digits - text.length()) + text;
    }
}
