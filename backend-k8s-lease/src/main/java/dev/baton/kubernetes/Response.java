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
 * A response of the API server.
 *
 * @param code the HTTP status
 * @param body the object, or a Status with the reason for its absence; empty when the body is not JSON
 * @param retryAfter the time for which the server asks clients to wait, or zero
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

    /**
     * The longest wait to heed. No sensible server asks for more, and a client that waited on would not notice the end
     * of an outage.
     */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final Pattern SECONDS = Pattern.compile("0*([0-9]+)");

    /** More digits than the longest wait has. */
    private static final int MOST_DIGITS = 9;

    static Duration retryAfter(HttpResponse<?> response) {
        return retryAfter(response.header("Retry-After"), response.header("Date"));
    }

    /**
     * The wait in a Retry-After header, at most {@link #LONGEST_WAIT}. API servers send whole seconds; proxies before
     * them may send a date, which counts from the {@code Date} of the same response. Zero for a header with neither, or
     * for a date without a {@code Date}.
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

    /** Whether the causes in a Status name a namespace that is being deleted, in which nothing can be created. */
    boolean isOfTerminatingNamespace() {
        for (JsonNode cause : body.path("details").path("causes")) {
            if (cause.path("reason").asText().equals("NamespaceTerminating")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the authorizer refuses, with {@code User "…" cannot create resource "leases"}. Quotas and admission
     * refuse with the same code and reason, and no permission helps there. A Status without a message counts as the
     * authorizer's.
     */
    boolean isOfMissingPermission(String verb) {
        return message().isEmpty() || message().contains(" cannot " + verb + " resource ");
    }

    /** Whether the server took the client for unauthenticated. */
    boolean isToUnauthenticated() {
        return message().contains("User \"system:anonymous\" cannot ");
    }

    /** The message in a Status. */
    String message() {
        return body.path("message").asText();
    }
}
