package dev.baton.verify;

import dev.baton.spi.FencingToken;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Formats times, tokens and names. */
final class Words {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code 42}, or {@code 1-42} in epoch 1. */
    static String token(FencingToken token) {
        return token.epoch() == 0 ? Long.toString(token.number()) : token.epoch() + "-" + token.number();
    }

    /** {@code 4.512 s} from a second upwards, {@code 12.3 ms} below. */
    static String span(long nanos) {
        return Math.abs(nanos) >= 1_000_000_000L
                ? String.format(Locale.ROOT, "%.3f s", nanos / 1e9)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    /** {@code 2026-01-02 03:04:05.123Z}. */
    static String time(Instant at) {
        return TIME.format(at);
    }

    /** {@code 1 term}, {@code 2 terms}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    static String list(Collection<String> names) {
        List<String> all = List.copyOf(names);
        int last = all.size() - 1;
        return last < 1 ? String.join("", all) : String.join(", ", all.subList(0, last)) + " and " + all.get(last);
    }
}
