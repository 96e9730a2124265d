package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The annotation {@code baton.dev/fencing-token}: the number of the fencing token of the record's term, and the nonce
 * of its claim. It is for operators: {@code baton status} shows it, and no election reads it.
 *
 * <p>The number is the version that the server gave to the write with which the term began. That write cannot contain
 * it, so each renewal writes it. Other clients keep annotations that they do not know, so the mark counts only beside a
 * {@link ClaimMark} of the same nonce that fits the record.
 */
public final class TokenMark {
    /** The annotation's name. */
    public static final String ANNOTATION = "baton.dev/fencing-token";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) (\\S+)");

    private TokenMark() {}

    /**
     * The token's number in {@code object}, for the term in its record; null when it has none, or that of another term.
     *
     * @param holder the record's holder
     * @param renewTime the record's renewTime, or null when it has none
     * @param precision the precision of the record's times
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

    /** Removes the mark of an earlier term from {@code object}. */
    static void clear(ObjectNode object) {
        Json.annotations(object).remove(ANNOTATION);
    }
}
