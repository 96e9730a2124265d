package dev.baton.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a leader of Baton's writes beside its record on Kubernetes: the number of its fencing token, and which write of the
 * record it belongs to. Others keep these annotations when they take the record over, so they count beside that write alone.
 *
 * @param number of the token, without its epoch
 * @param holder whom the record named then
 * @param renewed the renewTime of the record then, in microseconds
 */
record TermToken(long number, String holder, Instant renewed) {
    /** {@code <number> <nonce>}. */
    static final String TOKEN = "baton.dev/fencing-token";
    /** {@code <nonce> <renewTime> <holder>}: which claim wrote the record last. */
    static final String CLAIM = "baton.dev/claim";

    private static final Pattern TOKEN_FORM = Pattern.compile("([0-9]{1,18}) (\\S+)");
    private static final Pattern CLAIM_FORM = Pattern.compile("(\\S+) (\\S+) (.+)", Pattern.DOTALL);

    /** What {@code object} carries; null for nothing, or where the two annotations are of different claims. */
    static @Nullable TermToken of(JsonNode object) {
        JsonNode annotations = object.path("metadata").path("annotations");
        Matcher token = TOKEN_FORM.matcher(annotations.path(TOKEN).asText());
        Matcher claim = CLAIM_FORM.matcher(annotations.path(CLAIM).asText());
        if (!token.matches() || !claim.matches() || !token.group(2).equals(claim.group(1))) {
            return null;
        }
        try {
            Instant renewed = OffsetDateTime.parse(claim.group(2)).toInstant();
            return new TermToken(Long.parseLong(token.group(1)), claim.group(3), renewed);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Whether it was written with a record of this holder and time.
     *
     * @param precision with which the record says its time
     */
    boolean fits(String recordHolder, @Nullable Instant recordTime, ChronoUnit precision) {
        return holder.equals(recordHolder) && renewed.truncatedTo(precision).equals(recordTime);
    }
}
