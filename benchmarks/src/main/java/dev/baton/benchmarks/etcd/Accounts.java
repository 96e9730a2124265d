package dev.baton.benchmarks.etcd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who led one election when, by the candidates' own accounts, on the monotonic clock of the process that they share. Safe
 * for use by many threads.
 */
final class Accounts {
    private final List<Term> terms = new ArrayList<>();

    /** One leadership. */
    static final class Term {
        private final long token;
        private final long began;
        private long until = Long.MAX_VALUE;
        private long over = Long.MAX_VALUE;
        private long seen = Long.MIN_VALUE;

        private Term(long token, long began) {
            this.token = token;
            this.began = began;
        }

        /** When it was over: what it said, unless it was asked later than that and still said that it lasts. */
        private long end(long now) {
            return Math.max(seen, Math.min(now, Math.min(until, over)));
        }
    }

    /**
     * What the accounts amount to.
     *
     * @param regressions terms whose token was not greater than that of each term that began before
     * @param overlaps terms that began before an earlier one was over
     * @param longestOverlap how long two led at most, in nanoseconds
     * @param longestGap how long nobody led at most, from the first term to the last, in nanoseconds
     */
    record Verdict(int terms, int regressions, int overlaps, long longestOverlap, long longestGap) {
        static final Verdict NOTHING = new Verdict(0, 0, 0, 0, 0);

        Verdict and(Verdict other) {
            return new Verdict(
                    terms + other.terms,
                    regressions + other.regressions,
                    overlaps + other.overlaps,
                    Math.max(longestOverlap, other.longestOverlap),
                    Math.max(longestGap, other.longestGap));
        }
    }

    synchronized Term began(long token, long at) {
        Term term = new Term(token, at);
        terms.add(term);
        return term;
    }

    /** It lasts no longer than this, unless this is called again. */
    synchronized void lasts(Term term, long until) {
        term.until = until;
    }

    synchronized void over(Term term, long at) {
        term.over = Math.min(term.over, at);
    }

    /** It was asked at this moment or later, and said that it lasts. */
    synchronized void seenToLast(Term term, long at) {
        term.seen = Math.max(term.seen, at);
    }

    Verdict verdict() {
        return verdict(0);
    }

    /** @param beyond how much longer than each said it would have led, had it not heeded the end; for a check of this check */
    synchronized Verdict verdict(long beyond) {
        long now = System.nanoTime();
        List<Term> sorted = terms.stream()
                .sorted(Comparator.comparingLong(term -> term.began - now))
                .toList();
        Verdict all = Verdict.NOTHING;
        for (int i = 0; i < sorted.size(); i++) {
            Term term = sorted.get(i);
            List<Term> earlier = sorted.subList(0, i);
            boolean regressed = earlier.stream().anyMatch(before -> before.token >= term.token);
            long overlap = earlier.stream()
                    .mapToLong(before -> Math.min(before.end(now) + beyond, term.end(now)) - term.began)
                    .max()
                    .orElse(0);
            long gap = i == 0
                    ? 0
                    : term.began
                            - earlier.stream()
                                    .mapToLong(before -> before.end(now))
                                    .max()
                                    .orElseThrow();
            all = all.and(
                    new Verdict(1, regressed ? 1 : 0, overlap > 0 ? 1 : 0, Math.max(0, overlap), Math.max(0, gap)));
        }
        return all;
    }
}
