package dev.baton.cli.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One leadership, reconstructed from facts.
 *
 * @param who the leader
 * @param token the term's token
 * @param start when it became valid
 * @param end when it was no longer valid
 */
record Term(String who, String token, long start, long end) {

    /** The terms in these facts, in order of their start. */
    static List<Term> in(List<Fact> facts) {
        List<Term> terms = new ArrayList<>();
        for (Fact fact : facts) {
            if (fact.is("term-started")) {
                terms.add(new Term(fact.who(), fact.token(), fact.mono(), end(fact, facts)));
            }
        }
        terms.sort(Comparator.comparingLong(Term::start));
        return terms;
    }

    /**
     * A term lasts until the fact of its end, the end of its process, or its expiry, whichever comes first: a stopped
     * process records no fact. It lasts at least until the last {@code isValid()} that returned true.
     */
    private static long end(Fact started, List<Fact> facts) {
        long over = facts.stream()
                .filter(fact -> (fact.is("term-ended") && fact.sameTerm(started))
                        || (fact.is("gone") && fact.by(started.who())))
                .mapToLong(Fact::mono)
                .min()
                .orElse(Long.MAX_VALUE);
        return LongStream.concat(LongStream.of(Math.min(over, validUntil(started, facts))), believed(started, facts))
                .max()
                .getAsLong();
    }

    /** The latest end of validity in the facts of the term of {@code ofTerm}. */
    static long validUntil(Fact ofTerm, List<Fact> facts) {
        return facts.stream()
                .filter(fact -> fact.sameTerm(ofTerm) && fact.fields().containsKey("validUntil"))
                .mapToLong(fact -> fact.number("validUntil"))
                .max()
                .orElse(Long.MAX_VALUE);
    }

    private static LongStream believed(Fact started, List<Fact> facts) {
        return facts.stream().filter(fact -> fact.sameTerm(started)).mapToLong(fact -> {
            if (fact.is("first-check-after-pause")) {
                return fact.flag("valid") ? fact.mono() : 0;
            }
            return fact.is("ledger-accepted") || fact.is("ledger-refused") ? fact.number("checkedAt") : 0;
        });
    }
}
