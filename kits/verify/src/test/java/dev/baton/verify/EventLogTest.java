package dev.baton.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLogTest {
    private static final ElectionEvent EVENT = new ElectionEvent(
            new Moment(-7, 1_790_000_000_123_456_789L),
            Type.TERM_ENDED,
            ElectionName.parse("orders/reconciler"),
            "app \"1\" \\ \u00e9 \ud83d\ude00\n",
            new FencingToken(3, 42),
            new Moment(93, 1_790_000_000_123_456_889L),
            "app-2",
            EndReason.EXPIRED,
            "it could not be renewed");

    @TempDir
    private Path folder;

    @Test
    void everyFieldComesBack() throws IOException {
        assertThat(EventLog.readJsonLines("x", new StringReader(EVENT.toJson() + "\n"))
                        .events())
                .containsExactly(new LoggedEvent(EVENT, new Origin("x", 1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-01-02 INFO ada leads                                     | this is not one object of JSON
            ["at"]                                                        | does not begin with '{'
            {"election":"a/b"} {"election":"a/b"}                         | more on the line than one object
            {"election":"a/b","type":"renewed","mono":1}                  | the event has no "at"
            {"election":"a/b","type":"renewed","mono":"1","at":"x"}       | the event has no "mono"
            {"election":"a/b","type":"renewed","mono":1,"at":"noon"}      | must be a time from 1970
            {"election":"a/b","type":"renewed","mono":1,"at":"1969-12-31T23:59:59Z"} | must be a time from 1970
            {"election":"a/b","type":"renewed","mono":1,"at":"2263-01-01T00:00:00Z"} | must be a time from 1970
            {"election":"a/b","type":"renewed","mono":99999999999999999999,"at":"2026-01-02T03:04:05Z"} | out of range
            {"election":"a/b","type":"renewed","mono":1,"at":"2026-01-02T03:04:05Z","identity":"x","validUntil":9223372036854775807} | must lie within a day
            {"election":"a/b","type":"renewed","mono":1,"at":"2026-01-02T03:04:05Z","identity":"x","validUntil":-86400000000000} | must lie within a day
            {"election":"a/b","type":"renewd","mono":1,"at":"2026-01-02T03:04:05Z"} | "renewd" is unknown to this version
            {"election":"ab","type":"renewed","mono":1,"at":"2026-01-02T03:04:05Z"} | exactly one slash
            {"election":"a/b","type":"renewed","mono":1,"at":"2026-01-02T03:04:05Z","identity":"x","token":"7"} | ten digits of epoch
            {"election":"a/b","type":"term-ended","mono":1,"at":"2026-01-02T03:04:05Z","identity":"x","reason":"WHIM"} | "WHIM" is unknown to this version
            {"election":"a/b",                                            | this is not one object of JSON
            """)
    void lineThatCannotBeUnderstoodIsNamed(String line, String saying) {
        String lines = EVENT.toJson() + "\n\n" + line + "\n" + EVENT.toJson() + "\n";

        assertThatThrownBy(() -> EventLog.readJsonLines("ada.jsonl", new StringReader(lines)))
                .isInstanceOf(UnreadableLogException.class)
                .hasMessageStartingWith("ada.jsonl, line 3: ")
                .hasMessageContaining(saying)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void lastLineThatWasCutOffIsLeftOutAndSaid() throws IOException {
        String half = EVENT.toJson().substring(0, 60);

        EventLog log = EventLog.readJsonLines("ada.jsonl", new StringReader(EVENT.toJson() + "\n" + half));

        assertThat(log.events()).hasSize(1);
        assertThat(log.remarks()).singleElement().asString().contains("ada.jsonl:2", "cut off");
    }

    @Test
    void objectsThatAreNoEventsArePassedOverAndSaid() throws IOException {
        String lines = "{\"at\":5,\"msg\":{\"deep\":[1]}}\n" + EVENT.toJson() + "\n{\"mono\":\"x\"}\n";

        EventLog log = EventLog.readJsonLines("ada.jsonl", new StringReader(lines));

        assertThat(log.events()).hasSize(1);
        assertThat(log.remarks()).singleElement().asString().contains("2 lines of JSON that are no election's events");
    }

    @Test
    void whatIsNoFileIsNamed() throws IOException {
        assertThatThrownBy(() -> EventLog.read(folder.resolve("none.jsonl")))
                .hasMessageContaining("none.jsonl: there is no such file");
        assertThatThrownBy(() -> EventLog.read(folder)).hasMessageContaining("is a folder");
        Path broken = Files.write(folder.resolve("broken.jfr"), new byte[] {'F', 'L', 'R', 0, 1, 2, 3});
        assertThatThrownBy(() -> EventLog.read(broken))
                .isInstanceOf(UnreadableLogException.class)
                .hasMessageContaining("broken.jfr");
    }
}
