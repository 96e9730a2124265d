package dev.baton.verify;

import dev.baton.spi.FencingToken;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** No two terms have the same token; needs no clock. */
final class TokenHasOneHolder implements Check {

    @Override
    public List<Finding> check(ElectionHistory history, Premises premises) {
        List<Finding> findings = new ArrayList<>();
        Map<FencingToken, Term> holders = new HashMap<>();
        for (Term term : history.terms()) {
            Term other = holders.putIfAbsent(term.token(), term);
            if (other != null) {
                findings.add(new Finding(
                        Kind.VIOLATION,
                        Rule.TOKEN_HAS_ONE_HOLDER,
                        history.election(),
                        "token " + Words.token(term.token()) + " was held by "
                                + other.run().name() + " and by " + term.run().name()
                                + ", in two terms: no resource can tell their writes apart",
                        List.of(other.began().origin(), term.began().origin())));
            }
        }
        return findings;
    }
}
