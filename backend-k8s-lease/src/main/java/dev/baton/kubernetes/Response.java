package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
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
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int GONE = 410;
    static final int TOO_MANY_REQUESTS = 429;

    /** No sensible server asks for more: what does not end is an outage, and who waits for ever does not see its end. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /** What a Retry-After header says; API servers say whole seconds. Zero when there is none, or it says a date. */
    static Duration seconds(@Nullable String header) {
        if (header == null || !SECONDS.matcher(header.strip()).matches()) {
            return Duration.ZERO;
        }
        Duration said = Duration.ofSeconds(Long.parseLong(header.strip()));
        return said.compareTo(LONGEST_WAIT) < 0 ? said : LONGEST_WAIT;
    }

    /** The reason in a Status, {@code AlreadyExists} for example. */
    String reason() {
        return body.path("reason").asText();
    }

    /** The message in a Status. */
    String message() {
        return body.path("message").asText();
    }
}
