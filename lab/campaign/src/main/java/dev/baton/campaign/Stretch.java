package dev.baton.campaign;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A stretch of time on this machine's monotonic clock, in nanoseconds.
 *
 * @param from where it begins
 * @param to where it ends, no earlier
 */
record Stretch(long from, long to) {

    long length() {
        return to - from;
    }

    /** What both have in common; nothing, or less, when its length is not greater than zero. */
    Stretch and(Stretch other) {
        return new Stretch(Math.max(from, other.from), Math.min(to, other.to));
    }

    /** All of them in order, those joined that are no further apart than {@code gap}. */
    static List<Stretch> joined(Collection<Stretch> stretches, long gap) {
        List<Stretch> joined = new ArrayList<>();
        for (Stretch next : stretches.stream()
                .sorted(Comparator.comparingLong(Stretch::from))
                .toList()) {
            Stretch last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && next.from - last.to <= gap) {
                joined.set(joined.size() - 1, new Stretch(last.from, Math.max(last.to, next.to)));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}
