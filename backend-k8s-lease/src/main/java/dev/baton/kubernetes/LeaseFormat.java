package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The spec of a Lease, as client-go writes it. */
final class LeaseFormat implements RecordFormat {
    /** The leaseDuration of a record that has none. */
    static final Duration UNSAID = ElectionTiming.DEFAULT.leaseDuration();

    @Override
    public LeaderRecord read(ObjectNode object) {
        JsonNode spec = object.path("spec");
        String holder = spec.path("holderIdentity").asText("");
        Instant renewed = Json.time(spec, "renewTime");
        ClaimMark mark = ClaimMark.of(object);
        boolean ours =
                mark != null && mark.holder().equals(holder) && mark.renewTime().equals(renewed);
        int seconds = Json.count(spec.path("leaseDurationSeconds"));
        return new LeaderRecord(
                holder,
                ours ? mark.nonce() : "",
                seconds > 0 ? Duration.ofSeconds(seconds) : UNSAID,
                Json.time(spec, "acquireTime"),
                renewed,
                Json.count(spec.path("leaseTransitions")));
    }

    /** None: the API server validates Leases. */
    @Override
    public @Nullable String oddity(ObjectNode object) {
        return null;
    }

    @Override
    public void write(ObjectNode object, LeaderRecord record) {
        ClaimMark.write(object, record);
        Json.child(object, "spec")
                .put("holderIdentity", record.holderIdentity())
                .put("leaseDurationSeconds", seconds(record.leaseDuration()))
                .put("acquireTime", ClaimMark.micros(record.acquireTime()))
                .put("renewTime", ClaimMark.micros(record.renewTime()))
                .put("leaseTransitions", record.transitions());
    }

    /** Whole seconds, rounded up: a standby rather waits too long than not long enough. */
    static long seconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }
}
