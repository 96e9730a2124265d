package dev.baton.cli.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.State;
import dev.baton.kubernetes.TokenMark;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A LeaderElectionRecord of client-go's, as any client may write it: each field may be missing.
 *
 * @param holder the holder; null for none
 * @param token the number of the term's fencing token, if a candidate of Baton's wrote it; otherwise null
 */
record LeaderRecord(
        @Nullable String holder,
        @Nullable Instant acquired,
        @Nullable Instant renewed,
        @Nullable Duration leaseDuration,
        @Nullable Integer transitions,
        @Nullable Long token) {
    static final String ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Clocks of a cluster differ by less, even one that shows whole seconds. */
    private static final Duration TOLERATED = Duration.ofSeconds(2);

    /** The record in a Lease's spec. */
    static LeaderRecord ofLease(JsonNode lease) {
        return of(lease, lease.path("spec"), "leaseTransitions", ChronoUnit.MICROS);
    }

    /** The record in an object's annotation; null for none, or for a text that is not a record. */
    static @Nullable LeaderRecord ofAnnotation(JsonNode object) {
        try {
            JsonNode record = MAPPER.readTree(annotation(object));
            return record.isObject() ? of(object, record, "leaderTransitions", ChronoUnit.SECONDS) : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    static String annotation(JsonNode object) {
        return object.path("metadata").path("annotations").path(ANNOTATION).asText();
    }

    /** @param precision the precision of its times */
    private static LeaderRecord of(JsonNode object, JsonNode record, String transitions, ChronoUnit precision) {
        String holder = record.path("holderIdentity").asText("");
        Instant renewed = time(record.path("renewTime"));
        JsonNode seconds = record.path("leaseDurationSeconds");
        JsonNode count = record.path(transitions);
        return new LeaderRecord(
                holder.isEmpty() || record.path("holderIdentity").isNull() ? null : holder,
                time(record.path("acquireTime")),
                renewed,
                seconds.canConvertToInt() && seconds.asInt() > 0 ? Duration.ofSeconds(seconds.asInt()) : null,
                count.isInt() ? count.asInt() : null,
                TokenMark.of(object, holder, renewed, precision));
    }

    private static @Nullable Instant time(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.asText()).toInstant() : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The status of the election {@code name} at {@code now}. */
    Election at(String name, Instant now) {
        List<String> remarks = new ArrayList<>();
        State state = state(now, Printable.value(Objects.requireNonNullElse(holder, "")), remarks);
        return new Election(
                name, state, holder, acquired, renewed, leaseDuration, transitions, token, null, List.copyOf(remarks));
    }

    /** @param shown the holder, printable */
    private State state(Instant now, String shown, List<String> remarks) {
        if (holder == null) {
            remarks.add("no leader: the record names no holder" + (renewed == null ? "" : released(now)));
            return State.VACANT;
        }
        if (renewed == null || leaseDuration == null) {
            remarks.add("the record of " + shown + " does not say "
                    + (renewed == null ? "when it was renewed" : "for how long")
                    + ", so it is unknown whether " + shown + " still leads");
            return State.UNKNOWN;
        }
        if (renewed.isAfter(now.plus(TOLERATED))) {
            remarks.add("renewed " + Ages.text(Duration.between(now, renewed)) + " in the future: the clock of " + shown
                    + " is ahead, so its lease may have run out already");
        }
        // A record may have any times: the end of its lease may lie outside the range of Instant.
        Duration over = Duration.between(renewed, now).minus(leaseDuration);
        if (over.compareTo(Duration.ZERO) > 0) {
            remarks.add("no leader: the lease of " + shown + " ran out " + Ages.text(over)
                    + " ago; its holder did not renew it, and no standby took over");
            return State.EXPIRED;
        }
        if (leaseDuration.compareTo(ElectionTiming.LONGEST) > 0) {
            remarks.add(holder + " has a lease of " + Ages.text(leaseDuration) + " after each renewal, longer than any"
                    + " outage: if it is dead, no standby takes over before; blank the holderIdentity then");
        }
        return State.LED;
    }

    private String released(Instant now) {
        return renewed == null || renewed.isAfter(now)
                ? ""
                : "; it was released " + Ages.text(Duration.between(renewed, now)) + " ago";
    }
}
