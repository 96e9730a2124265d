package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * client-go's annotation {@code control-plane.alpha.kubernetes.io/leader}: a record as JSON, in its order of fields, with
 * whole seconds.
 *
 * <p>Another kind of client may have renewed several times within the second that its record shows, so a standby waits
 * one second longer than the record's leaseDuration.
 *
 * <p>The API server does not check the annotation. A text that is not a record counts as held by an unknown holder
 * until it has not changed for a while. An odd record with a holder counts as held by that holder, for the duration
 * that can be read from it.
 */
final class AnnotationFormat implements RecordFormat {
    static final String ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

    /** The holder of a record that cannot be read. */
    static final String UNREADABLE = "(unreadable record)";

    private static final Duration UNSEEN = Duration.ofSeconds(1);

    /** The longest leaseDurationSeconds that a Lease can have. */
    private static final long LONGEST = Integer.MAX_VALUE;

    @Override
    public LeaderRecord read(ObjectNode object) {
        String text = Json.annotation(object, ANNOTATION);
        if (text.isEmpty()) {
            return new LeaderRecord("", "", UNSEEN, Instant.EPOCH, Instant.EPOCH, 0);
        }
        ObjectNode record = parsed(text);
        // Takes the place of a renewTime that cannot be read: another text counts as a renewal.
        Instant textAsTime = Instant.ofEpochSecond(text.hashCode());
        if (record == null) {
            return new LeaderRecord(UNREADABLE, "", LeaseFormat.UNSAID, Instant.EPOCH, textAsTime, 0);
        }
        String holder = record.path("holderIdentity").asText("");
        Instant renewed = isTime(record.path("renewTime")) ? Json.time(record, "renewTime") : textAsTime;
        ClaimMark mark = ClaimMark.of(object);
        boolean ours = mark.fits(holder, renewed, ChronoUnit.SECONDS);
        Duration said = duration(record);
        Duration known = said == null ? LeaseFormat.UNSAID : said;
        return new LeaderRecord(
                holder,
                ours ? mark.nonce() : "",
                ours ? known : known.plus(UNSEEN),
                Json.time(record, "acquireTime"),
                ours ? mark.renewTime() : renewed,
                Json.count(record.path("leaderTransitions")));
    }

    @Override
    public @Nullable String oddity(ObjectNode object) {
        String text = Json.annotation(object, ANNOTATION);
        if (text.isEmpty()) {
            return null;
        }
        ObjectNode record = parsed(text);
        String unsaid = ElectionTiming.text(LeaseFormat.UNSAID);
        if (record == null) {
            return "is not a leader record; standbys take the election over unless it changes within " + unsaid;
        }
        String holder = record.path("holderIdentity").asText("");
        if (holder.isEmpty()) {
            return null;
        }
        Duration said = duration(record);
        if (said == null) {
            return "has no leaseDurationSeconds for \"" + Printable.value(holder) + "\"; standbys take the election"
                    + " over unless it changes within " + unsaid;
        }
        if (!record.path("leaseDurationSeconds").isIntegralNumber()) {
            return "was written by \"" + Printable.value(holder)
                    + "\" in the format of fabric8's client, which cannot read Baton's records; use one kind of client"
                    + " for all candidates";
        }
        if (!isTime(record.path("renewTime"))) {
            return "has a renewTime of \"" + Printable.value(holder)
                    + "\" that is not a time; standbys take the election over unless it changes within "
                    + ElectionTiming.text(said.plus(UNSEEN));
        }
        return null;
    }

    /** The record, or null: when the text is not a JSON object, or its holder is not a string. */
    private static @Nullable ObjectNode parsed(String text) {
        try {
            ObjectNode record = Json.parse(text);
            JsonNode holder = record.path("holderIdentity");
            return holder.isTextual() || holder.isNull() || holder.isMissingNode() ? record : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The record's leaseDurationSeconds, or fabric8's leaseDuration; null when it has neither. */
    private static @Nullable Duration duration(ObjectNode record) {
        JsonNode seconds = record.path("leaseDurationSeconds");
        if (seconds.isIntegralNumber()) {
            int count = Json.count(seconds);
            return count > 0 ? Duration.ofSeconds(count) : null;
        }
        try {
            Duration iso = Duration.parse(record.path("leaseDuration").asText());
            return iso.isNegative() || iso.isZero()
                    ? null
                    : iso.toSeconds() < LONGEST ? iso : Duration.ofSeconds(LONGEST);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Whether {@code node} can be read as a time; client-go writes its zero time as null. */
    private static boolean isTime(JsonNode node) {
        return node.isNull() || node.isMissingNode() || Json.time(node.asText()) != null;
    }

    @Override
    public void write(ObjectNode object, LeaderRecord record) {
        ClaimMark.write(object, record);
        ObjectNode text = Json.object()
                .put("holderIdentity", record.holderIdentity())
                .put("leaseDurationSeconds", LeaseFormat.seconds(record.leaseDuration()))
                .put("acquireTime", wholeSeconds(record.acquireTime()))
                .put("renewTime", wholeSeconds(record.renewTime()))
                .put("leaderTransitions", record.transitions());
        Json.annotations(object).put(ANNOTATION, escaped(Json.text(text)));
    }

    private static String wholeSeconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Escapes the characters that Go's JSON encoder escapes. */
    private static String escaped(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }
}
