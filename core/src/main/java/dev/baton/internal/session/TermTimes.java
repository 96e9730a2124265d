package dev.baton.internal.session;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The times at which the terms of a session began, which the session adds to a value that it writes anyway. Operators see
 * them by {@code baton status}; no candidate reads them.
 *
 * <p>A line for each of the newest {@value #MOST} terms: the number of its token, a space, and the time of the grant by
 * the leader's clock. Confined to the {@link InlineSerialExecutor}.
 */
public final class TermTimes {
    /** How many terms are listed. */
    public static final int MOST = 128;

    private final Map<Long, Instant> begun = new LinkedHashMap<>();

    /** No term has begun. */
    public TermTimes() {}

    /** The term with the token's {@code number} was granted at {@code time}; the first time counts. */
    public void begun(long number, Instant time) {
        begun.putIfAbsent(number, time.truncatedTo(ChronoUnit.MILLIS));
    }

    /** The term is over. */
    public void ended(long number) {
        begun.remove(number);
    }

    /** Whether no term is under way. */
    public boolean isEmpty() {
        return begun.isEmpty();
    }

    /** The lines; empty without a term. */
    public String text() {
        return begun.entrySet().stream()
                .skip(Math.max(0, begun.size() - MOST))
                .map(term -> term.getKey() + " " + term.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** The time in {@code text} for the term with the token's {@code number}; null when there is none. */
    public static @Nullable Instant of(long number, String text) {
        String itself = number + " ";
        try {
            return text.lines()
                    .filter(line -> line.startsWith(itself))
                    .map(line -> Instant.parse(line.substring(itself.length())))
                    .findFirst()
                    .orElse(null);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
