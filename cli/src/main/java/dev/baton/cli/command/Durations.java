package dev.baton.cli.command;

import dev.baton.spi.ElectionTiming;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 500ms}, {@code 2.6s}, {@code 1m}, up to a day. */
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m)");

    private Durations() {}

    public static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' must be a number and a unit, ms, s or m, as in 500ms or 2.6s");
        }
        long unit = switch (matcher.group(2)) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            default -> 60_000_000_000L;
        };
        BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        if (nanos.compareTo(BigDecimal.valueOf(ElectionTiming.LONGEST.toNanos())) > 0) {
            throw new TypeConversionException("'" + text + "' must be at most one day, 1440m");
        }
        return Duration.ofNanos(nanos.longValue());
    }

    /** {@code 4.512 s} from a second upwards, {@code 12.3 ms} below. */
    public static String text(long nanos) {
        return Math.abs(nanos) >= 1_000_000_000L
                ? String.format(Locale.ROOT, "%.3f s", nanos / 1e9)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
