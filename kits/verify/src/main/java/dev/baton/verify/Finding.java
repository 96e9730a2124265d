package dev.baton.verify;

import dev.baton.spi.ElectionName;
import java.util.List;

/**
 * One thing to know about an election.
 *
 * @param kind how grave
 * @param rule about what
 * @param election of which election
 * @param text what, in plain words: a sentence without its full stop
 * @param origins where it can be read
 */
public record Finding(Kind kind, Rule rule, ElectionName election, String text, List<Origin> origins) {

    /** How grave a finding is. */
    public enum Kind {
        /** A promise was broken. */
        VIOLATION,
        /** A promise may have been broken; these logs and clocks cannot tell. */
        UNCERTAIN,
        /** Nothing was broken, but who looks into an incident wants to know. */
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
