package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the API server answered.
 *
 * @param code the HTTP status
 * @param body the object, or the Status that says why not; empty when it was no JSON
 * @param retryAfter how long it asks not to be asked again, or zero
 */
record Response(int code, ObjectNode body, Duration retryAfter) {
    static final int OK = 200;
    static final int CREATED = 201;
    static final int BAD_REQUEST = 400;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int GONE = 410;
    static final int TOO_MANY_REQUESTS = 429;

    /** No sensible server asks for more: what does not end is an outage, and who waits for ever does not see its end. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final Pattern SECONDS = Pattern.compile("0*([0-9]+)");

    /** More digits than the longest wait has. */
    private static final int MOST_DIGITS = 9;

    static Duration retryAfter(HttpResponse<?> response) {
        return retryAfter(response.header("Retry-After"), response.header("Date"));
    }

    /**
     * What a Retry-After header says, {@link #LONGEST_WAIT} for more. API servers say whole seconds, proxies before them also a
     * date, which is counted from the {@code Date} of the same answer. Zero when it says neither, or a date without that.
     */
    static Duration retryAfter(@Nullable String header, @Nullable String date) {
        Matcher seconds = SECONDS.matcher(header == null ? "" : header.strip());
        if (seconds.matches()) {
            String digits = seconds.group(1);
            return digits.length() > MOST_DIGITS ? LONGEST_WAIT : bounded(Duration.ofSeconds(Long.parseLong(digits)));
        }
        Instant until = date(header);
        Instant now = date(date);
        return until == null || now == null ? Duration.ZERO : bounded(Duration.between(now, until));
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    private static @Nullable Instant date(@Nullable String header) {
        try {
            return header == null ? null : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header.strip()));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The reason in a Status, {@code AlreadyExists} for example. */
    String reason() {
        return body.path("reason").asText();
    }

    /** Whether nothing can be created because the namespace is being deleted, as the causes in a Status say. */
    boolean isOfTerminatingNamespace() {
        for (JsonNode cause : body.path("details").path("causes")) {
            if (cause.path("reason").asText().equals("NamespaceTerminating")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether it is the authorizer that refuses, which says {@code User "…" cannot create resource "leases"}: quotas and
     * admission refuse with the same code and reason, and no permission helps there. A Status without a message is taken
     * for one.
     */
    boolean isOfMissingPermission(String verb) {
        return message().isEmpty() || message().contains(" cannot " + verb + " resource ");
    }

    /** Whether the server knows nothing of who asks. */
    boolean isToNobody() {
        return message().contains("User \"system:anonymous\" cannot ");
    }

    /** The message in a Status. */
    String message() {
        return body.path("message").asText();
    }
}
