package dev.baton.verify;

import dev.baton.spi.ElectionName;
import java.util.List;

/**
 * One result of a check on an election.
 *
 * @param kind how grave it is
 * @param rule the rule that it is about
 * @param election the election that it is about
 * @param text the result in plain words: a sentence without its full stop
 * @param origins where the logs show it
 */
public record Finding(Kind kind, Rule rule, ElectionName election, String text, List<Origin> origins) {

    /** How grave a finding is. */
    public enum Kind {
        /** A promise was broken. */
        VIOLATION,
        /** A promise may have been broken; these logs and clocks cannot decide it. */
        UNCERTAIN,
        /** No promise was broken, but it helps to understand an incident. */
        NOTE
    }

    public Finding {
        origins = List.copyOf(origins);
    }

    /** {@code one leader at a time: … (ada.jsonl:12, ben.jsonl:7)}. */
    @Override
    public String toString() {
        String where = String.join(
                ", ", origins.stream().map(Origin::toString).distinct().toList());
        return rule.text() + ": " + text + (where.isEmpty() ? "" : " (" + where + ")");
    }
}
