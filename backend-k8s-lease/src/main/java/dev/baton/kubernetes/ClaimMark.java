package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The annotation {@code baton.dev/claim} that names the claim that wrote a record: nonce, renewTime and holder.
 *
 * <p>Other clients keep annotations that they do not know when they take a record over or renew it. The mark therefore
 * counts only beside the record that it was written with.
 *
 * @param nonce the claim's nonce
 * @param renewTime the record's renewTime in microseconds, which formats with whole seconds lack
 * @param holder the record's holder
 */
record ClaimMark(String nonce, Instant renewTime, String holder) {
    static final String ANNOTATION = "baton.dev/claim";

    private static final ClaimMark NONE = new ClaimMark("", Instant.EPOCH, "");
    private static final int PARTS = 3;

    /** Six fraction digits, no more and no less: API servers reject anything else in a Lease. */
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static String micros(Instant time) {
        return MICROS.format(time);
    }

    /** The mark on {@code object}; without one, a mark that fits no record. */
    static ClaimMark of(JsonNode object) {
        String[] parts = Json.annotation(object, ANNOTATION).split(" ", PARTS);
        if (parts.length < PARTS) {
            return NONE;
        }
        Instant renewed = Json.time(parts[1]);
        return renewed == null ? NONE : new ClaimMark(parts[0], renewed, parts[2]);
    }

    /** Whether the mark was written together with a record of this holder and time; the time may be less precise. */
    boolean fits(String recordHolder, Instant recordTime, ChronoUnit precision) {
        return !recordHolder.isEmpty()
                && holder.equals(recordHolder)
                && renewTime.truncatedTo(precision).equals(recordTime);
    }

    /** Marks {@code object} as written by the claim of {@code record}; a free record has no mark. */
    static void write(ObjectNode object, LeaderRecord record) {
        if (record.isFree()) {
            ObjectNode annotations = Json.annotations(object);
            annotations.remove(ANNOTATION);
        } else {
            Json.annotations(object)
                    .put(ANNOTATION, record.nonce() + " " + micros(record.renewTime()) + " " + record.holderIdentity());
        }
    }
}
