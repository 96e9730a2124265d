package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the API server answered.
 *
 * @param code the HTTP status
 * @param body the object, or the Status that says why not; empty when it was no JSON
 */
record Response(int code, ObjectNode body) {
    static final int OK = 200;
    static final int CREATED = 201;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int GONE = 410;
    static final int TOO_MANY_REQUESTS = 429;

    /** The reason in a Status, {@code AlreadyExists} for example. */
    String reason() {
        return body.path("reason").asText();
    }

    /** The message in a Status. */
    String message() {
        return body.path("message").asText();
    }
}
