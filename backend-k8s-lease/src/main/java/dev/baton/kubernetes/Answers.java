package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import java.util.Map;

/**
 * What an answer says of an election's record: the table in {@code docs/backends/kubernetes.md}. It goes by the Status of
 * the API server itself: what stands in between may answer with any HTTP status, and then says nothing of the record
 * (rule 3.4).
 */
final class Answers {
    /** What was asked. */
    enum Request {
        GET,
        CREATE,
        UPDATE
    }

    /** What an answer means. */
    enum Meaning {
        /** It was carried out, and the answer shows the object. */
        DONE,
        /** The object was deleted, and the server created it anew from an update. */
        RECREATED,
        /** There is no such object; an update has written nothing. */
        GONE,
        /** The object stands at another version, or stands already: nothing was written. */
        ELSEWHERE,
        /** The server has refused to write: nothing was written. */
        NOT_WRITTEN,
        /** Nothing is known. */
        UNKNOWN
    }

    private static final String NOT_FOUND = "NotFound";
    private static final String CONFLICT = "Conflict";
    private static final String ALREADY_EXISTS = "AlreadyExists";

    /** Reasons of a Status that is answered before anything is stored, each with its HTTP status. */
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

    /** The reason in a Status of the API server that fits its HTTP status; empty where there is no such Status. */
    private static String reason(Response response) {
        ObjectNode body = response.body();
        boolean said = body.path("kind").asText().equals("Status")
                && body.path("apiVersion").asText().equals("v1")
                && body.path("status").asText().equals("Failure")
                && body.path("code").asInt() == response.code();
        return said ? response.reason() : "";
    }

    /** Whether the namespace is what was not found. */
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
