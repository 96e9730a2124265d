package dev.baton.examples.activestandby;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations in Go's syntax, as in flags of Kubernetes' components: {@code 15s}, {@code 1m30s}, {@code 1.5h}, {@code 0}.
 */
final class GoDuration {
    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("([-+]?)(0|(?:" + PART + ")+)");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private GoDuration() {}

    /**
     * Parses as Go's {@code time.ParseDuration} does; truncates to nanoseconds.
     *
     * @throws IllegalArgumentException naming {@code text}, the rule and an example
     */
    static Duration parse(String text) {
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is no duration; write numbers with units, h, m, s or ms, for example 15s or 1m30s");
        }
        BigDecimal nanos = PART.matcher(whole.group(2))
                .results()
                .map(part -> new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosIn(part.group(2)))))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        if (nanos.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("\"" + text + "\" is too long; a duration has at most 292 years");
        }
        return Duration.ofNanos(whole.group(1).equals("-") ? -nanos.longValue() : nanos.longValue());
    }

    private static long nanosIn(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs", "μs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
