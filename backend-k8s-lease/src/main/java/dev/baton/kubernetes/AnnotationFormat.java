package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * client-go's annotation {@code control-plane.alpha.kubernetes.io/leader}: a record as JSON, in its order of fields, with
 * whole seconds.
 *
 * <p>A holder that is another kind of client may have renewed several times within the second that its record shows. It
 * is waited for one second longer than it says.
 */
final class AnnotationFormat implements RecordFormat {
    static final String ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

    /** Stands for whoever wrote what cannot be read. */
    static final String UNREADABLE = "(unreadable record)";

    private static final Duration UNSEEN = Duration.ofSeconds(1);

    @Override
    public LeaderRecord read(ObjectNode object) {
        String text = Json.annotation(object, ANNOTATION);
        if (text.isEmpty()) {
            return new LeaderRecord("", "", UNSEEN, Instant.EPOCH, Instant.EPOCH, 0);
        }
        ObjectNode record;
        try {
            record = Json.parse(text);
        } catch (IOException e) {
            // The text stands for the time of renewal: another text is a change.
            return new LeaderRecord(
                    UNREADABLE, "", LeaseFormat.UNSAID, Instant.EPOCH, Instant.ofEpochSecond(text.hashCode()), 0);
        }
        String holder = record.path("holderIdentity").asText("");
        Instant renewed = Json.time(record, "renewTime");
        ClaimMark mark = ClaimMark.of(object);
        boolean ours = mark.fits(holder, renewed, ChronoUnit.SECONDS);
        long seconds = record.path("leaseDurationSeconds").asLong();
        Duration said = seconds > 0 ? Duration.ofSeconds(seconds) : LeaseFormat.UNSAID;
        return new LeaderRecord(
                holder,
                ours ? mark.nonce() : "",
                ours ? said : said.plus(UNSEEN),
                Json.time(record, "acquireTime"),
                ours ? mark.renewTime() : renewed,
                record.path("leaderTransitions").asInt());
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

    /** As Go's encoder does. */
    private static String escaped(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }
}
