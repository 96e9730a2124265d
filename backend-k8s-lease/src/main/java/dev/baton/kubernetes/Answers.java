package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import java.util.Map;

/**
 * What a response means for an election's record: the table in {@code docs/backends/kubernetes.md}. Only the API
 * server's own Status counts: a proxy in between may answer with any HTTP status, and knows nothing about the record
 * (rule 3.4).
 */
final class Answers {
    /** The kind of a request. */
    enum Request {
        GET,
        CREATE,
        UPDATE
    }

    /** The meaning of a response. */
    enum Meaning {
        /** The server carried the request out, and the response has the object. */
        DONE,
        /** The object was deleted, and the server re-created it from an update. */
        RECREATED,
        /** There is no such object; an update wrote nothing. */
        GONE,
        /** The object has another version, or exists already: nothing was written. */
        ELSEWHERE,
        /** The server refused the write: nothing was written. */
        NOT_WRITTEN,
        /** The outcome is unknown. */
        UNKNOWN
    }

    private static final String NOT_FOUND = "NotFound";
    private static final String CONFLICT = "Conflict";
    private static final String ALREADY_EXISTS = "AlreadyExists";

    /** Reasons with which the server refuses a request before it stores anything, each with its HTTP status. */
    private static final Map<String, Integer> BEFORE_WRITING = Map.ofEntries(
            Map.entry("BadRequest", 400),
            Map.entry("Unauthorized", Response.UNAUTHORIZED),
            Map.entry("Forbidden", Response.FORBIDDEN),
            Map.entry(NOT_FOUND, Response.NOT_FOUND),
            Map.entry("MethodNotAllowed", 405),
            Map.entry("NotAcceptable", 406),
            Map.entry("RequestEntityTooLarge", 413),
            Map.entry("UnsupportedMediaType", 415),
            Map.entry("Invalid", 422),
            Map.entry("TooManyRequests", Response.TOO_MANY_REQUESTS));

    private Answers() {}

    /** What {@code response} to {@code request} means for the {@code object} of {@code election}. */
    static Meaning of(Request request, Response response, LockObject object, ElectionName election) {
        int code = response.code();
        if (code == Response.OK || code == Response.CREATED) {
            return isObject(response.body(), object, election) ? done(request, code) : Meaning.UNKNOWN;
        }
        String reason = reason(response);
        if (isNamed(response.body().path("details"), object, election)) {
            if (code == Response.NOT_FOUND && reason.equals(NOT_FOUND)) {
                return request == Request.CREATE ? Meaning.UNKNOWN : Meaning.GONE;
            }
            if (code == Response.CONFLICT && reason.equals(request == Request.CREATE ? ALREADY_EXISTS : CONFLICT)) {
                return request == Request.GET ? Meaning.UNKNOWN : Meaning.ELSEWHERE;
            }
        }
        boolean refused = BEFORE_WRITING.getOrDefault(reason, 0) == code;
        return refused && request != Request.GET ? Meaning.NOT_WRITTEN : Meaning.UNKNOWN;
    }

    private static Meaning done(Request request, int code) {
        return switch (request) {
            case GET -> code == Response.OK ? Meaning.DONE : Meaning.UNKNOWN;
            case CREATE -> code == Response.CREATED ? Meaning.DONE : Meaning.UNKNOWN;
            case UPDATE -> code == Response.OK ? Meaning.DONE : Meaning.RECREATED;
        };
    }

    /** The reason in the API server's Status, when that Status fits the HTTP status; otherwise empty. */
    private static String reason(Response response) {
        ObjectNode body = response.body();
        boolean said = body.path("kind").asText().equals("Status")
                && body.path("apiVersion").asText().equals("v1")
                && body.path("status").asText().equals("Failure")
                && body.path("code").asInt() == response.code();
        return said ? response.reason() : "";
    }

    /** Whether the server did not find the namespace. */
    static boolean isWithoutNamespace(Response response) {
        return reason(response).equals(NOT_FOUND)
                && response.body().path("details").path("kind").asText().equals("namespaces");
    }

    private static boolean isObject(ObjectNode body, LockObject object, ElectionName election) {
        return body.path("kind").asText().equals(object.kind())
                && body.path("apiVersion").asText().equals(object.apiVersion())
                && Json.name(body).equals(election.name())
                && body.path("metadata").path("namespace").asText().equals(election.namespace());
    }

    private static boolean isNamed(JsonNode details, LockObject object, ElectionName election) {
        return details.path("kind").asText().equals(object.resource())
                && details.path("group").asText().equals(object.group())
                && details.path("name").asText().equals(election.name());
    }
}
