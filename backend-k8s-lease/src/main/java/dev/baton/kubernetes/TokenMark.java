package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The annotation {@code baton.dev/fencing-token}: the number of the fencing token of the term that stands in the record, and
 * the nonce of its claim. It is there for operators, who see it by {@code baton status}; no election reads it.
 *
 * <p>The number is the version that the server gave to the write with which the term began. That write cannot name it, so it
 * is put down by the first renewal, and by each one after. Other clients keep annotations that they do not know: it counts
 * beside the {@link ClaimMark} of the same nonce alone, where that one fits the record.
 */
final class TokenMark {
    static final String ANNOTATION = "baton.dev/fencing-token";

    private TokenMark() {}

    /** Marks {@code object} with the token's {@code number} in a term of the claim of {@code nonce}. */
    static void write(ObjectNode object, long number, String nonce) {
        Json.annotations(object).put(ANNOTATION, number + " " + nonce);
    }

    /** Takes the mark of an earlier term from {@code object}. */
    static void clear(ObjectNode object) {
        Json.annotations(object).remove(ANNOTATION);
    }
}
