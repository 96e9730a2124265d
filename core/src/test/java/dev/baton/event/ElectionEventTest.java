package dev.baton.event;

import static dev.baton.fixture.Samples.ELECTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class ElectionEventTest {
    private static final Moment AT = new Moment(-17, 1_800_000_000_123_456_789L);
    private static final Pattern FIELD =
            Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(-?\\d+))");

    private static ElectionEvent event(String identity, String detail) {
        return new ElectionEvent(
                AT,
                Type.TERM_ENDED,
                ELECTION,
                identity,
                new FencingToken(1, 42),
                AT.plusNanos(10),
                "other",
                EndReason.LOST,
                detail);
    }

    @Test
    void sentenceForALogIsPrintableAndWithoutSecrets() {
        assertThat(event("eve\u001b", "gone\n12:00 INFO all is well\u202e, password=s3cret")
                        .toString())
                .startsWith("orders/reconciler: eve\\u{1b} term-ended ")
                .endsWith(": gone\\u{a}12:00 INFO all is well\\u{202e}, password=(hidden)");
    }

    @Test
    void oneLineOfJsonParsesBack() {
        String odd = "quote \" backslash \\ line\nfeed tab\t nul\0 é 漢 \ud83d\ude00 lone \ud83d";
        String json = event("app-1", odd).toJson();
        assertThat(json).doesNotContain("\n", "\r").startsWith("{").endsWith("}");
        assertThat(parse(json))
                .containsEntry("at", "2027-01-15T08:00:00.123456789Z")
                .containsEntry("mono", "-17")
                .containsEntry("type", "term-ended")
                .containsEntry("election", "orders/reconciler")
                .containsEntry("identity", "app-1")
                .containsEntry("token", "0000000001-0000000000000000042")
                .containsEntry("validUntil", "-7")
                .containsEntry("holder", "other")
                .containsEntry("reason", "LOST")
                .containsEntry("detail", odd)
                .hasSize(10);
    }

    @Test
    void whatIsUnknownIsLeftOut() {
        ElectionEvent started = new ElectionEvent(AT, Type.STARTED, ELECTION, "app-1", null, null, null, null, null);
        assertThat(parse(started.toJson())).containsOnlyKeys("at", "mono", "type", "election", "identity");
    }

    @Test
    void linesOfJsonAreFlushed() {
        List<String> done = new ArrayList<>();
        EventSink sink = EventSink.jsonLines(new Writer() {
            @Override
            public void write(char[] text, int from, int length) {
                done.add("written");
            }

            @Override
            public void flush() {
                done.add("flushed");
            }

            @Override
            public void close() {}
        });
        sink.accept(event("app-1", "it"));
        assertThat(done).containsExactly("written", "flushed");
    }

    @Test
    void linesOfJsonNeedAFolderThatExists(@TempDir Path folder) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventSink.jsonLines(folder.resolve("none/events.jsonl")))
                .withMessageContaining("must be a file in a folder that exists");
        assertThatIllegalArgumentException().isThrownBy(() -> EventSink.jsonLines(folder));
    }

    /** An operator looks for what was not wanted. */
    @ParameterizedTest
    @EnumSource(EndReason.class)
    void theEndOfATermIsAWarningUnlessItWasAskedFor(EndReason reason) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger("ends of terms");
        log.setLevel(Level.INFO);
        log.setAdditive(false);
        log.addAppender(lines);
        EventSink.log(log)
                .accept(new ElectionEvent(
                        AT, Type.TERM_ENDED, ELECTION, "app-1", new FencingToken(0, 42), null, null, reason, null));
        boolean askedFor =
                reason == EndReason.STEPPED_DOWN || reason == EndReason.WITHDRAWN || reason == EndReason.CLOSED;
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(askedFor ? Level.INFO : Level.WARN);
    }

    /** As logrotate does: the file is moved away, or emptied. */
    @Test
    void linesOfJsonGoToTheFileThatIsThereWhenAnEventComes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("events.jsonl");
        Path rotated = folder.resolve("events.jsonl.1");
        EventSink sink = EventSink.jsonLines(file);
        sink.accept(event("app-1", "it"));
        sink.accept(event("app-1", "it"));
        Files.move(file, rotated);
        sink.accept(event("app-1", "it"));
        assertThat(rotated).content().hasLineCount(2);
        assertThat(file).content().isEqualTo(event("app-1", "it").toJson() + "\n");
        Files.writeString(file, "");
        sink.accept(event("app-1", "it"));
        assertThat(file).content().isEqualTo(event("app-1", "it").toJson() + "\n");
    }

    @Test
    void linesEndWithALineBreakEach() {
        StringBuilder out = new StringBuilder();
        EventSink sink = EventSink.jsonLines(out);
        sink.accept(event("a", "x"));
        sink.accept(event("b", "y"));
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(parse(line)).hasSize(10));
    }

    @Test
    void writerThatFailsIsReported() {
        EventSink sink = EventSink.jsonLines(new Writer() {
            @Override
            public void write(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("disk full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        assertThatThrownBy(() -> sink.accept(event("a", "x"))).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void sentenceForALogNamesWhoWhereAndWhy() {
        assertThat(event("app-1", "it is gone"))
                .hasToString(
                        "orders/reconciler: app-1 term-ended token=1-42 holder=other" + " reason=LOST: it is gone");
    }

    private static Map<String, String> parse(String json) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = FIELD.matcher(json);
        int end = 1;
        while (matcher.find()) {
            assertThat(json.substring(end, matcher.start()))
                    .as("between the fields")
                    .isEqualTo(end == 1 ? "" : ",");
            end = matcher.end();
            String text = matcher.group(2);
            fields.put(unescaped(matcher.group(1)), text == null ? matcher.group(3) : unescaped(text));
        }
        assertThat(json.substring(end)).isEqualTo("}");
        return fields;
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\(u([0-9a-f]{4})|.)")
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(2) == null
                                ? match.group(1)
                                : String.valueOf((char) Integer.parseInt(match.group(2), 16))));
    }
}
