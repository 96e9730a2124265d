package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.kubernetes.Answers.Meaning;
import dev.baton.kubernetes.Answers.Request;
import dev.baton.spi.ElectionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of answers in the documentation, row by row, and what is not in it. */
class AnswersTest {
    private static final ElectionName ELECTION = new ElectionName("orders", "reconciler");
    private static final Pattern ROW =
            Pattern.compile("\\| ((?:get|create|update)(?:, update)?) \\| (\\d{3}) \\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern REASON = Pattern.compile("`(\\w+)`.*");

    private record Row(Set<Request> requests, int code, String body, String means) {}

    private static List<Row> table() throws IOException {
        List<Row> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs/backends/kubernetes.md")));
        while (row.find()) {
            Set<Request> requests = EnumSet.noneOf(Request.class);
            for (Request request : Request.values()) {
                if (row.group(1).toUpperCase(java.util.Locale.ROOT).contains(request.name())) {
                    requests.add(request);
                }
            }
            rows.add(new Row(requests, Integer.parseInt(row.group(2)), row.group(3), row.group(4)));
        }
        return rows;
    }

    private static Meaning meaning(String text) {
        return switch (text) {
            case "it stands", "written" -> Meaning.DONE;
            case "gone" -> Meaning.GONE;
            case "stands elsewhere" -> Meaning.ELSEWHERE;
            case "nothing was written" -> Meaning.NOT_WRITTEN;
            case "created anew: undone, then as gone" -> Meaning.RECREATED;
            default -> throw new AssertionError("the table says \"" + text + "\"");
        };
    }

    private static ObjectNode body(Row row, LockObject object) {
        if (row.body().equals("the object")) {
            return MemoryApiServer.object(object, ELECTION);
        }
        Matcher reason = REASON.matcher(row.body());
        assertThat(reason.matches()).as(row.body()).isTrue();
        ObjectNode status = MemoryApiServer.status(row.code(), reason.group(1), "said the test");
        if (row.body().endsWith("names it")) {
            MemoryApiServer.name(status, object.group(), object.resource(), ELECTION.name());
        } else if (row.body().endsWith("names the namespace")) {
            MemoryApiServer.name(status, "", "namespaces", ELECTION.namespace());
        }
        return status;
    }

    private static Meaning of(Request request, int code, ObjectNode body, LockObject object) {
        return Answers.of(request, new Response(code, body, Duration.ZERO), object, ELECTION);
    }

    private static Meaning of(Request request, int code, ObjectNode body) {
        return of(request, code, body, LockObject.LEASE);
    }

    @ParameterizedTest
    @EnumSource
    void everyRowOfTheTableIsWhatAnswersSays(LockObject object) throws IOException {
        List<Row> rows = table();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(18);
        for (Row row : rows) {
            for (Request request : row.requests()) {
                assertThat(of(request, row.code(), body(row, object), object))
                        .as("%s answered %s", request, row)
                        .isEqualTo(meaning(row.means()));
            }
        }
    }

    /** What a balancer, or another server, may answer: the same HTTP status, without the words that count. */
    @Test
    void noRowHoldsForABodyThatIsNotTheServersOwn() throws IOException {
        for (Row row : table()) {
            for (Request request : row.requests()) {
                ObjectNode right = body(row, LockObject.LEASE);
                List<ObjectNode> strangers = new ArrayList<>();
                strangers.add(Json.object());
                for (String field : List.of("kind", "apiVersion")) {
                    strangers.add(right.deepCopy().put(field, "Other"));
                }
                if (row.body().equals("the object")) {
                    ObjectNode other = right.deepCopy();
                    Json.child(other, "metadata").put("name", "other");
                    strangers.add(other);
                    ObjectNode elsewhere = right.deepCopy();
                    Json.child(elsewhere, "metadata").put("namespace", "other");
                    strangers.add(elsewhere);
                } else {
                    strangers.add(right.deepCopy().put("status", "Success"));
                    strangers.add(right.deepCopy().put("code", row.code() + 1));
                    strangers.add(right.deepCopy().put("reason", "Other"));
                }
                for (ObjectNode stranger : strangers) {
                    assertThat(of(request, row.code(), stranger))
                            .as("%s answered %s with %s", request, row.code(), stranger)
                            .isEqualTo(Meaning.UNKNOWN);
                }
                assertThat(of(request, 500, right)).isEqualTo(Meaning.UNKNOWN);
            }
        }
    }

    /** A quota's conflict, or a namespace that is missing, says nothing of the record. */
    @Test
    void whatNamesAnotherObjectSaysNothingOfTheRecord() {
        for (String[] other : new String[][] {
            {"coordination.k8s.io", "leases", "other"},
            {"coordination.k8s.io", "leasecandidates", "reconciler"},
            {"", "leases", "reconciler"}
        }) {
            ObjectNode conflict = MemoryApiServer.name(
                    MemoryApiServer.status(409, "Conflict", "said the test"), other[0], other[1], other[2]);
            assertThat(of(Request.UPDATE, 409, conflict)).isEqualTo(Meaning.UNKNOWN);
            ObjectNode exists = MemoryApiServer.name(
                    MemoryApiServer.status(409, "AlreadyExists", "said the test"), other[0], other[1], other[2]);
            assertThat(of(Request.CREATE, 409, exists)).isEqualTo(Meaning.UNKNOWN);
            ObjectNode missing = MemoryApiServer.name(
                    MemoryApiServer.status(404, "NotFound", "said the test"), other[0], other[1], other[2]);
            assertThat(of(Request.GET, 404, missing)).isEqualTo(Meaning.UNKNOWN);
            assertThat(of(Request.UPDATE, 404, missing)).isEqualTo(Meaning.NOT_WRITTEN);
        }
    }

    @Test
    void refusalToReadSaysNothing() {
        for (Row row : List.of(
                new Row(Set.of(), 403, "`Forbidden`", ""),
                new Row(Set.of(), 401, "`Unauthorized`", ""),
                new Row(Set.of(), 409, "`Conflict`, names it", ""),
                new Row(Set.of(), 429, "`TooManyRequests`", ""))) {
            assertThat(of(Request.GET, row.code(), body(row, LockObject.LEASE))).isEqualTo(Meaning.UNKNOWN);
        }
    }

    @Test
    void reasonsOfTheOtherWriteSayNothing() {
        ObjectNode conflict = body(new Row(Set.of(), 409, "`Conflict`, names it", ""), LockObject.LEASE);
        assertThat(of(Request.CREATE, 409, conflict)).isEqualTo(Meaning.UNKNOWN);
        ObjectNode exists = body(new Row(Set.of(), 409, "`AlreadyExists`, names it", ""), LockObject.LEASE);
        assertThat(of(Request.UPDATE, 409, exists)).isEqualTo(Meaning.UNKNOWN);
        ObjectNode missing = body(new Row(Set.of(), 404, "`NotFound`, names it", ""), LockObject.LEASE);
        assertThat(of(Request.CREATE, 404, missing)).isEqualTo(Meaning.UNKNOWN);
        assertThat(of(Request.CREATE, 200, MemoryApiServer.object(LockObject.LEASE, ELECTION)))
                .isEqualTo(Meaning.UNKNOWN);
        assertThat(of(Request.GET, 201, MemoryApiServer.object(LockObject.LEASE, ELECTION)))
                .isEqualTo(Meaning.UNKNOWN);
    }

    /** What was carried out before it was answered so is not refused by a reason that belongs to another status. */
    @Test
    void reasonThatDoesNotBelongToItsCodeSaysNothing() {
        for (int code : new int[] {500, 503, 504}) {
            ObjectNode odd = MemoryApiServer.status(code, "Forbidden", "said the test");
            assertThat(of(Request.UPDATE, code, odd)).isEqualTo(Meaning.UNKNOWN);
            assertThat(of(Request.CREATE, code, odd)).isEqualTo(Meaning.UNKNOWN);
        }
        for (String reason : List.of("NotFound", "Conflict", "AlreadyExists")) {
            ObjectNode odd = body(new Row(Set.of(), 500, "`" + reason + "`, names it", ""), LockObject.LEASE);
            for (Request request : Request.values()) {
                assertThat(of(request, 500, odd)).as("%s, %s", request, reason).isEqualTo(Meaning.UNKNOWN);
            }
        }
    }
}
