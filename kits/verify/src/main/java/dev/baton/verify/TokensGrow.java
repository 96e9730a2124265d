package dev.baton.verify;

import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A term's token is greater than that of every term that certainly began before it. */
final class TokensGrow implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        List<Term> terms = history.terms();
        Term greatest = null;
        for (int i = 0; i < terms.size(); i++) {
            Term next = terms.get(i);
            // The beginning of a term is unknown when its log begins in the middle of it.
            if (next.hasItsBeginning() && greatest != null && greatest.token().isAfter(next.token())) {
                Term before = certainlyBefore(history, terms.subList(0, i), next);
                findings.add(before == null ? unsure(history, greatest, next) : broken(history, before, next));
            }
            if (greatest == null || next.token().isAfter(greatest.token())) {
                greatest = next;
            }
        }
        return findings;
    }

    private static @Nullable Term certainlyBefore(ElectionHistory history, List<Term> earlier, Term next) {
        Clocks clocks = history.clocks();
        for (Term term : earlier) {
            if (term.token().isAfter(next.token())
                    && next.start(clocks) - term.start(clocks) > history.uncertainty(term, next)) {
                return term;
            }
        }
        return null;
    }

    private static Finding broken(ElectionHistory history, Term before, Term next) {
        return new Finding(
                Kind.VIOLATION,
                Rule.TOKENS_GROW,
                history.election(),
                next + " began after " + before + ": a resource that compares tokens refuses its writes",
                List.of(before.began().origin(), next.began().origin()));
    }

    private static Finding unsure(ElectionHistory history, Term before, Term next) {
        return new Finding(
                Kind.UNCERTAIN,
                Rule.TOKENS_GROW,
                history.election(),
                before + " and " + next + " began within " + Words.span(history.uncertainty(before, next))
                        + " of each other, so which began first cannot be told",
                List.of(before.began().origin(), next.began().origin()));
    }
}
