package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The annotation {@code baton.dev/fencing-token}: the number of the fencing token of the term that stands in the record, and
 * the nonce of its claim. It is there for operators, who see it by {@code baton status}; no election reads it.
 *
 * <p>The number is the version that the server gave to the write with which the term began. That write cannot name it, so it
 * is put down by the first renewal, and by each one after. Other clients keep annotations that they do not know: it counts
 * beside the {@link ClaimMark} of the same nonce alone, where that one fits the record.
 */
public final class TokenMark {
    /** Its name. */
    public static final String ANNOTATION = "baton.dev/fencing-token";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) (\\S+)");

    private TokenMark() {}

    /**
     * The number that {@code object} says of the term in its record; null where it says none, or that of another term.
     *
     * @param holder whom the record names
     * @param renewTime the record's, or null when it has none
     * @param precision with which the record says its times
     */
    public static @Nullable Long of(JsonNode object, String holder, @Nullable Instant renewTime, ChronoUnit precision) {
        Matcher token = FORM.matcher(Json.annotation(object, ANNOTATION));
        ClaimMark claim = ClaimMark.of(object);
        return renewTime != null
                        && token.matches()
                        && token.group(2).equals(claim.nonce())
                        && claim.fits(holder, renewTime, precision)
                ? Long.valueOf(token.group(1))
                : null;
    }

    /** Marks {@code object} with the token's {@code number} in a term of the claim of {@code nonce}. */
    static void write(ObjectNode object, long number, String nonce) {
        Json.annotations(object).put(ANNOTATION, number + " " + nonce);
    }

    /** Takes the mark of an earlier term from {@code object}. */
    static void clear(ObjectNode object) {
        Json.annotations(object).remove(ANNOTATION);
    }
}
