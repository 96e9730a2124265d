package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import dev.baton.testing.servers.KubeApiServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at, edits and deletes objects of one kind, past every backend. */
final class AdministratorsHand {
    /** Of a namespace or an object: the server's own watches are of the whole cluster. */
    private static final Pattern WATCHES =
            Pattern.compile("(?m)^apiserver_longrunning_requests\\{(?<labels>[^}]*)} (?<count>\\S+)$");

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubeApiServer server;
    private final LockObject kind;

    AdministratorsHand(KubeApiServer server, LockObject kind) {
        this.server = server;
        this.kind = kind;
    }

    void delete(ElectionName election) throws IOException {
        expect(200, send("DELETE", kind.path(election), null));
    }

    /** Changes an annotation that is nobody's. */
    void touch(ElectionName election) throws IOException {
        edit(
                election,
                object -> Json.annotations(object)
                        .put("example.com/edited", Instant.now().toString()));
    }

    /** Writes over the record, or makes the object, as client-go does: with its fields alone, and no claim of ours. */
    void rewrite(ElectionName election, String identity, Instant when, Duration lease) throws IOException {
        edit(election, object -> {
            boolean isLease = kind == LockObject.LEASE;
            ObjectNode record = isLease ? Json.child(object, "spec") : Json.object();
            String time = isLease
                    ? MICROS.format(when)
                    : when.truncatedTo(ChronoUnit.SECONDS).toString();
            record.put("holderIdentity", identity)
                    .put("leaseDurationSeconds", lease.toSeconds())
                    .put("acquireTime", time)
                    .put("renewTime", time);
            if (!isLease) {
                record.put("leaderTransitions", 0);
                Json.annotations(object).put(AnnotationFormat.ANNOTATION, Json.text(record));
            }
        });
    }

    /** Whether the record names a holder. */
    boolean isHeld(ElectionName election) throws IOException {
        HttpResponse<String> found = send("GET", kind.path(election), null);
        if (found.statusCode() == 404) {
            return false;
        }
        ObjectNode object = Json.parse(expect(200, found).body());
        if (kind == LockObject.LEASE) {
            return !object.path("spec").path("holderIdentity").asText().isEmpty();
        }
        String record = Json.annotation(object, AnnotationFormat.ANNOTATION);
        return !record.isEmpty()
                && !Json.parse(record).path("holderIdentity").asText().isEmpty();
    }

    /** How many watches of single namespaces and objects the server serves. */
    int watches() throws IOException {
        int count = 0;
        Matcher line =
                WATCHES.matcher(expect(200, send("GET", "/metrics", null)).body());
        while (line.find()) {
            String labels = line.group("labels");
            if (labels.contains("verb=\"WATCH\"")
                    && labels.contains("resource=\"" + kind.resource() + "\"")
                    && !labels.contains("scope=\"cluster\"")) {
                count += (int) Double.parseDouble(line.group("count"));
            }
        }
        return count;
    }

    /** Again when somebody else wrote meanwhile. */
    private void edit(ElectionName election, Consumer<ObjectNode> change) throws IOException {
        HttpResponse<String> answer;
        do {
            HttpResponse<String> found = send("GET", kind.path(election), null);
            boolean isNew = found.statusCode() == 404;
            ObjectNode object =
                    isNew ? fresh(election) : Json.parse(expect(200, found).body());
            change.accept(object);
            answer = isNew
                    ? send("POST", kind.path(election.namespace()), object)
                    : send("PUT", kind.path(election), object);
        } while (answer.statusCode() == 409);
        if (answer.statusCode() != 201) {
            expect(200, answer);
        }
    }

    private ObjectNode fresh(ElectionName election) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        Json.child(object, "metadata").put("name", election.name());
        return object;
    }

    private HttpResponse<String> send(String method, String path, @Nullable ObjectNode body) throws IOException {
        return server.request(server.adminToken(), method, path, body == null ? null : Json.text(body));
    }

    private static HttpResponse<String> expect(int status, HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException(answer.request().method() + " " + answer.uri() + " was answered "
                    + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }
}
