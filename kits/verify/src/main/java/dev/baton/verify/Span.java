package dev.baton.verify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A stretch of time on the line that the instances share.
 *
 * @param from its beginning in nanoseconds, inclusive
 * @param to its end in nanoseconds, exclusive
 */
record Span(long from, long to) {

    long length() {
        return to - from;
    }

    Span within(Span other) {
        return new Span(Math.max(from, other.from), Math.min(to, other.to));
    }

    /** The parts of {@code whole} that {@code taken} does not cover, in order. */
    static List<Span> gaps(Span whole, Collection<Span> taken) {
        List<Span> gaps = new ArrayList<>();
        long free = whole.from;
        for (Span span :
                taken.stream().sorted(Comparator.comparingLong(Span::from)).toList()) {
            if (span.from > free) {
                gaps.add(new Span(free, Math.min(span.from, whole.to)));
            }
            free = Math.max(free, span.to);
        }
        if (free < whole.to) {
            gaps.add(new Span(free, whole.to));
        }
        return gaps.stream().filter(gap -> gap.length() > 0).toList();
    }
}
