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
 * The annotation {@code baton.dev/claim} that tells which claim wrote a record: nonce, renewTime and holder.
 *
 * <p>Other clients keep annotations that they do not know when they take a record over or renew it. The mark is therefore
 * bound to the record that it came with, and worth nothing beside another.
 *
 * @param nonce the claim's
 * @param renewTime when it was written, in microseconds, which formats with whole seconds do not say
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

    /** The mark on {@code object}; one that fits nothing where there is none. */
    static ClaimMark of(JsonNode object) {
        String[] parts = Json.annotation(object, ANNOTATION).split(" ", PARTS);
        if (parts.length < PARTS) {
            return NONE;
        }
        Instant renewed = Json.time(parts[1]);
        return renewed == null ? NONE : new ClaimMark(parts[0], renewed, parts[2]);
    }

    /** Whether it was written with a record of this holder and time, which may be given less precisely. */
    boolean fits(String recordHolder, Instant recordTime, ChronoUnit precision) {
        return !recordHolder.isEmpty()
                && holder.equals(recordHolder)
                && renewTime.truncatedTo(precision).equals(recordTime);
    }

    /** Marks {@code object} as written by the claim of {@code record}; a free record is nobody's. */
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
