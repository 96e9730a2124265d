package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Failure.Meaning;
import io.grpc.Status;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of answers in the documentation, row by row, and what is not in it. */
class FailuresTest {
    private static final Pattern ROW = Pattern.compile("\\| `([A-Z_]+)` \\| `(etcdserver: [^`]+)` \\| ([^|]+) \\|");

    private record Row(Status.Code code, String words, String means) {
        Status status() {
            return code.toStatus().withDescription(words);
        }
    }

    private static List<Row> table() throws IOException {
        List<Row> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs/backends/etcd.md")));
        while (row.find()) {
            rows.add(new Row(Status.Code.valueOf(row.group(1)), row.group(2), row.group(3)));
        }
        return rows;
    }

    private static Meaning meaning(String text) {
        return switch (text) {
            case "nothing was written" -> Meaning.NOT_WRITTEN;
            case "over, and perhaps carried out" -> Meaning.SETTLED;
            case "the lease is gone" -> Meaning.GONE;
            case "unknown" -> Meaning.UNKNOWN;
            default -> throw new AssertionError("the table says \"" + text + "\"");
        };
    }

    @Test
    void everyRowOfTheTableIsWhatFailuresSays() throws IOException {
        List<Row> rows = table();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(12);
        for (Row row : rows) {
            Failure why = Failures.of(new ExecutionException(row.status().asRuntimeException()));
            assertThat(why.means()).as("%s", row).isEqualTo(meaning(row.means()));
            assertThat(why.detail()).contains(row.words());
        }
    }

    /** gRPC makes such a status of what a proxy answers in its own words, and the client library of its own troubles. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void aStatusInOtherWordsSaysNothing(Status.Code code) {
        for (String words : List.of("HTTP status code 404", "permission denied", "requested lease not found", "")) {
            Failure why = Failures.of(code.toStatus().withDescription(words).asRuntimeException());
            assertThat(why.means()).as("%s %s", code, words).isEqualTo(Meaning.UNKNOWN);
        }
    }

    /** gRPC and Netty take two lines to say what happened, and none to say what to do. */
    @ParameterizedTest
    @CsvSource({
        "Connection closed while performing TLS negotiation, write http:// in its address if it has none",
        "Network closed for unknown reason, write https:// in its address if it has TLS",
        "Connection reset by peer, write https:// in its address if it has TLS",
        "First received frame was not SETTINGS. Hex dump for first 5 bytes: 485454, whether it is http or https"
    })
    void serverThatSpeaksOtherwiseThanItsAddressSaysIsCalledThat(String words, String wayOut) {
        Failure why = Failures.of(Status.UNAVAILABLE.withDescription(words).asRuntimeException());
        assertThat(why.detail()).endsWith(wayOut).doesNotContain(words, "\n");
        assertThat(Failures.of(Status.UNAVAILABLE
                                .withDescription("io exception")
                                .withCause(new IOException(words))
                                .asRuntimeException())
                        .detail())
                .isEqualTo(why.detail());
    }

    @Test
    void serverThatAnswersWithoutTlsIsCalledThat() {
        Failure why = Failures.of(Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new NotSslRecordException("not an SSL/TLS record: 485454502f312e31"))
                .asRuntimeException());
        assertThat(why)
                .isEqualTo(new Failure(
                        Failure.Kind.UNKNOWN, "it answers without TLS; write http:// in its address if it has none"));
    }

    @Test
    void tlsThatBreaksOffSaysNothingOfAWrite() {
        Failure why = Failures.of(new ExecutionException(new SSLException("closed already")));
        assertThat(why.kind()).isEqualTo(Failure.Kind.UNTRUSTED);
        assertThat(why.means()).isEqualTo(Meaning.UNKNOWN);
    }

    @Test
    void whyAWatchEndedIsBelievedInOtherWords() {
        Failure why = Failures.ofWatch(Status.OUT_OF_RANGE
                .withDescription("mvcc: required revision has been compacted")
                .asRuntimeException());
        assertThat(why.kind()).isEqualTo(Failure.Kind.COMPACTED);
    }
}
