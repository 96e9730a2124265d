package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
    private static final Instant BEGUN = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final LeaderRecord OURS =
            new LeaderRecord("app-1", "4711-nonce", Duration.ofSeconds(15), BEGUN, BEGUN, 3);

    private static ObjectNode parsed(String json) {
        try {
            return Json.parse(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode written(RecordFormat format, LeaderRecord record) {
        ObjectNode object = Json.object();
        format.write(object, record);
        return object;
    }

    /** Whatever stands where a number or a time belongs: it is read as far as it goes, and what is written is accepted. */
    @Nested
    class StrangeNumbers {
        @ParameterizedTest
        @CsvSource({
            "3, 3",
            "2147483647, 2147483647",
            "2147483648, 2147483647",
            "9223372036854775807, 2147483647",
            "99999999999999999999999, 2147483647",
            "-1, 0",
            "-2147483649, 0",
            "-99999999999999999999999, 0",
            "1e300, 0",
            "3.7, 0",
            "null, 0",
            "'\"3\"', 0",
            "{}, 0"
        })
        void transitionsAreSaturated(String said, int transitions) {
            for (RecordFormat format : new RecordFormat[] {RecordFormat.SPEC, RecordFormat.ANNOTATION}) {
                LeaderRecord read = format.read(holding(format, "leaderTransitions", "leaseTransitions", said));
                assertThat(read.transitions()).isEqualTo(transitions);
                assertThat(read.holderIdentity()).isEqualTo("app-1");
            }
        }

        @ParameterizedTest
        @CsvSource({
            "15, 15",
            "0, 15",
            "-1, 15",
            "2147483647, 2147483647",
            "2147483648, 2147483647",
            "99999999999999999999999, 2147483647",
            "-99999999999999999999999, 15",
            "18446744073709551616, 2147483647",
            "null, 15"
        })
        void leaseDurationsAreSaturated(String said, long seconds) {
            assertThat(RecordFormat.SPEC
                            .read(holding(RecordFormat.SPEC, "", "leaseDurationSeconds", said))
                            .leaseDuration())
                    .isEqualTo(Duration.ofSeconds(seconds));
            assertThat(RecordFormat.ANNOTATION
                            .read(holding(RecordFormat.ANNOTATION, "leaseDurationSeconds", "", said))
                            .leaseDuration())
                    .as("one second more: the holder is of another kind")
                    .isEqualTo(Duration.ofSeconds(seconds + 1));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+999999999-12-31T23:59:59-18:00",
                    "+999999999-12-31T23:59:59.999999999Z",
                    "-999999999-01-01T00:00:00+18:00",
                    "0000-01-01T00:00:00Z",
                    "9999-12-31T23:59:59.999999Z",
                    "2026-13-01T00:00:00Z",
                    "yesterday",
                    ""
                })
        void timesOfAnyAgeAreReadAndNotHandedOn(String time) {
            for (RecordFormat format : new RecordFormat[] {RecordFormat.SPEC, RecordFormat.ANNOTATION}) {
                ObjectNode object = holding(format, "renewTime", "renewTime", "\"" + time + "\"");
                Json.annotations(object).put(ClaimMark.ANNOTATION, "nonce " + time + " app-1");
                LeaderRecord read = format.read(object);
                assertThat(read.holderIdentity()).isEqualTo("app-1");
                format.write(object, OURS);
                assertThat(Json.text(object)).contains("2026-01-02T03:04:05").doesNotContain("999999999");
            }
        }

        private ObjectNode holding(RecordFormat format, String annotated, String inSpec, String said) {
            if (format == RecordFormat.SPEC) {
                return parsed("{\"spec\":{\"holderIdentity\":\"app-1\",\"" + inSpec + "\":" + said + "}}");
            }
            ObjectNode record = parsed(
                    "{\"holderIdentity\":\"app-1\",\"leaseDurationSeconds\":15,\"" + annotated + "\":" + said + "}");
            ObjectNode object = Json.object();
            Json.annotations(object).put(AnnotationFormat.ANNOTATION, Json.text(record));
            return object;
        }
    }

    @Nested
    class OnALease {
        @Test
        void isWrittenByteForByteAsClientGoDoes() {
            assertThat(Json.text(written(RecordFormat.SPEC, OURS).path("spec")))
                    .isEqualTo("{\"holderIdentity\":\"app-1\",\"leaseDurationSeconds\":15,"
                            + "\"acquireTime\":\"2026-01-02T03:04:05.123456Z\","
                            + "\"renewTime\":\"2026-01-02T03:04:05.123456Z\",\"leaseTransitions\":3}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.100Z", "2026-01-02T03:04:05.123456789Z"})
        void timesHaveSixDigitsWhateverTheClockSays(String time) {
            Instant now = Instant.parse(time);
            ObjectNode spec = (ObjectNode)
                    written(RecordFormat.SPEC, new LeaderRecord("a", "n", Duration.ofSeconds(1), now, now, 0))
                            .path("spec");
            assertThat(spec.path("renewTime").asText()).matches("2026-01-02T03:04:05\\.[0-9]{6}Z");
        }

        @ParameterizedTest
        @CsvSource({"PT1S, 1", "PT1.000000001S, 2", "PT0.3S, 1", "PT14.5S, 15", "PT15S, 15"})
        void durationsAreRoundedUp(Duration duration, long seconds) {
            ObjectNode object = written(RecordFormat.SPEC, new LeaderRecord("a", "n", duration, BEGUN, BEGUN, 0));
            assertThat(object.path("spec").path("leaseDurationSeconds").asLong())
                    .isEqualTo(seconds);
        }

        @Test
        void isReadAsItWasWrittenInMicroseconds() {
            LeaderRecord read = RecordFormat.SPEC.read(written(RecordFormat.SPEC, OURS));
            Instant micros = Instant.parse("2026-01-02T03:04:05.123456Z");
            assertThat(read)
                    .isEqualTo(new LeaderRecord("app-1", "4711-nonce", Duration.ofSeconds(15), micros, micros, 3));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"spec\":{}}",
                    "{\"spec\":{\"holderIdentity\":\"\"}}",
                    "{\"spec\":{\"holderIdentity\":null}}"
                })
        void absentAndEmptyHoldersAreNobody(String json) {
            assertThat(RecordFormat.SPEC.read(parsed(json)).isFree()).isTrue();
        }

        @Test
        void holderThatDoesNotSayHowLongIsWaitedForAsLongAsUsual() {
            LeaderRecord read = RecordFormat.SPEC.read(parsed("{\"spec\":{\"holderIdentity\":\"x\"}}"));
            assertThat(read.leaseDuration()).isEqualTo(Duration.ofSeconds(15));
            assertThat(read.nonce()).isEmpty();
        }

        @Test
        void whatOthersWroteBesideItStays() {
            ObjectNode object = parsed("{\"metadata\":{\"annotations\":{\"theirs\":\"kept\"},\"labels\":{\"a\":\"b\"},"
                    + "\"finalizers\":[\"x\"]},\"spec\":{\"strategy\":\"S\",\"unheardOf\":{\"x\":1}},\"extra\":true}");
            RecordFormat.SPEC.write(object, OURS);
            RecordFormat.SPEC.write(object, new LeaderRecord("", "", Duration.ofSeconds(1), BEGUN, BEGUN, 3));
            assertThat(Json.annotation(object, "theirs")).isEqualTo("kept");
            assertThat(Json.annotation(object, ClaimMark.ANNOTATION)).isEmpty();
            assertThat(object.path("metadata").path("labels").path("a").asText())
                    .isEqualTo("b");
            assertThat(object.path("metadata").path("finalizers").size()).isEqualTo(1);
            assertThat(object.path("spec").path("unheardOf").path("x").asInt()).isEqualTo(1);
            assertThat(object.path("extra").asBoolean()).isTrue();
        }

        /** client-go keeps annotations that it does not know when it takes over, renews or releases. */
        @ParameterizedTest
        @CsvSource({
            "holderIdentity, someone-else",
            "holderIdentity, ''",
            "renewTime, 2026-01-02T03:04:07.123456Z",
        })
        void markOfOursBesideAnothersRecordIsWorthNothing(String field, String value) {
            ObjectNode object = written(RecordFormat.SPEC, OURS);
            Json.child(object, "spec").put(field, value);
            assertThat(RecordFormat.SPEC.read(object).nonce()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "a b", "a not-a-time app-1", "a 2026-01-02T03:04:05.123456Z "})
        void brokenMarkIsNone(String mark) {
            ObjectNode object = written(RecordFormat.SPEC, OURS);
            Json.annotations(object).put(ClaimMark.ANNOTATION, mark);
            assertThat(RecordFormat.SPEC.read(object).nonce()).isEmpty();
        }

        @Test
        void holdersWithSpacesKeepTheirMark() {
            LeaderRecord spaced = new LeaderRecord("a b  c", "n", Duration.ofSeconds(1), BEGUN, BEGUN, 0);
            assertThat(RecordFormat.SPEC
                            .read(written(RecordFormat.SPEC, spaced))
                            .nonce())
                    .isEqualTo("n");
        }
    }

    @Nested
    class ItsToken {
        private static final Instant RENEWED = BEGUN.truncatedTo(ChronoUnit.MICROS);
        private final ObjectNode object = written(RecordFormat.SPEC, OURS);

        private @Nullable Long of(String holder, @Nullable Instant renewed) {
            return TokenMark.of(object, holder, renewed, ChronoUnit.MICROS);
        }

        @Test
        void isThatOfTheClaimThatWroteTheRecord() {
            assertThat(of("app-1", RENEWED)).isNull();
            TokenMark.write(object, 4_711, "4711-nonce");
            assertThat(of("app-1", RENEWED)).isEqualTo(4_711);
            assertThat(of("someone-else", RENEWED)).isNull();
            assertThat(of("app-1", RENEWED.plusSeconds(1))).isNull();
            assertThat(of("app-1", null)).isNull();
        }

        @Test
        void isNotThatOfAnotherClaim() {
            TokenMark.write(object, 4_711, "another-nonce");
            assertThat(of("app-1", RENEWED)).isNull();
        }
    }

    @Nested
    class OnAnAnnotation {
        private static String text(ObjectNode object) {
            return Json.annotation(object, AnnotationFormat.ANNOTATION);
        }

        @Test
        void isWrittenByteForByteAsClientGoDid() {
            assertThat(text(written(RecordFormat.ANNOTATION, OURS)))
                    .isEqualTo("{\"holderIdentity\":\"app-1\",\"leaseDurationSeconds\":15,"
                            + "\"acquireTime\":\"2026-01-02T03:04:05Z\",\"renewTime\":\"2026-01-02T03:04:05Z\","
                            + "\"leaderTransitions\":3}");
        }

        @Test
        void escapesAsGoDoes() {
            LeaderRecord odd = new LeaderRecord("<a&b>", "n", Duration.ofSeconds(1), BEGUN, BEGUN, 0);
            ObjectNode object = written(RecordFormat.ANNOTATION, odd);
            assertThat(text(object)).startsWith("{\"holderIdentity\":\"\\u003ca\\u0026b\\u003e\"");
            assertThat(RecordFormat.ANNOTATION.read(object).holderIdentity()).isEqualTo("<a&b>");
        }

        @Test
        void renewalsWithinOneSecondDiffer() {
            LeaderRecord later =
                    new LeaderRecord("app-1", "4711-nonce", Duration.ofSeconds(15), BEGUN, BEGUN.plusMillis(1), 3);
            ObjectNode one = written(RecordFormat.ANNOTATION, OURS);
            ObjectNode other = written(RecordFormat.ANNOTATION, later);
            assertThat(text(one)).isEqualTo(text(other));
            assertThat(RecordFormat.ANNOTATION.read(one)).isNotEqualTo(RecordFormat.ANNOTATION.read(other));
            assertThat(RecordFormat.ANNOTATION.read(one).nonce()).isEqualTo("4711-nonce");
        }

        /** client-go keeps annotations that it does not know when it takes over, renews or releases. */
        @ParameterizedTest
        @CsvSource({"someone-else, 0", "'', 0", "app-1, 1"})
        void markOfOursBesideAnothersRecordIsWorthNothing(String holder, long secondsLater) {
            Instant renewed = BEGUN.plusSeconds(secondsLater);
            LeaderRecord theirs = new LeaderRecord(holder, "", Duration.ofSeconds(15), BEGUN, renewed, 3);
            ObjectNode object = written(RecordFormat.ANNOTATION, OURS);
            Json.annotations(object).put(AnnotationFormat.ANNOTATION, text(written(RecordFormat.ANNOTATION, theirs)));
            LeaderRecord read = RecordFormat.ANNOTATION.read(object);
            assertThat(read.nonce()).isEmpty();
            assertThat(read.holderIdentity()).isEqualTo(holder);
        }

        @Test
        void markWithoutAHolderBesideAFreeRecordIsNone() {
            LeaderRecord free = new LeaderRecord("", "", Duration.ofSeconds(1), BEGUN, BEGUN, 3);
            ObjectNode object = written(RecordFormat.ANNOTATION, free);
            Json.annotations(object).put(ClaimMark.ANNOTATION, "4711-nonce " + ClaimMark.micros(BEGUN) + " ");
            assertThat(RecordFormat.ANNOTATION.read(object).nonce()).isEmpty();
        }

        @Test
        void foreignHolderIsWaitedForOneSecondMoreThanItSays() {
            ObjectNode object = written(RecordFormat.ANNOTATION, OURS);
            Json.annotations(object).remove(ClaimMark.ANNOTATION);
            assertThat(RecordFormat.ANNOTATION.read(object).leaseDuration()).isEqualTo(Duration.ofSeconds(16));
        }

        @Test
        void anyFractionIsRead() {
            ObjectNode object = Json.object();
            Json.annotations(object)
                    .put(
                            AnnotationFormat.ANNOTATION,
                            "{\"holderIdentity\":\"java\",\"leaseDurationSeconds\":10,"
                                    + "\"acquireTime\":\"2026-01-02T03:04:05.123Z\",\"renewTime\":null}");
            LeaderRecord read = RecordFormat.ANNOTATION.read(object);
            assertThat(read.acquireTime()).isEqualTo(Instant.parse("2026-01-02T03:04:05.123Z"));
            assertThat(read.renewTime()).isEqualTo(Instant.EPOCH);
        }

        @ParameterizedTest
        @ValueSource(strings = {"not json", "{", "[]", "42", "\"text\""})
        void whatCannotBeReadIsSomebodysForAWhileAndChangesWithItsText(String text) {
            ObjectNode object = Json.object();
            Json.annotations(object).put(AnnotationFormat.ANNOTATION, text);
            LeaderRecord read = RecordFormat.ANNOTATION.read(object);
            assertThat(read.isFree()).isFalse();
            assertThat(read.leaseDuration()).isEqualTo(Duration.ofSeconds(15));
            assertThat(RecordFormat.ANNOTATION.read(object)).isEqualTo(read);
            Json.annotations(object).put(AnnotationFormat.ANNOTATION, text + " ");
            assertThat(RecordFormat.ANNOTATION.read(object)).isNotEqualTo(read);
        }

        @Test
        void objectWithoutItIsFree() {
            assertThat(RecordFormat.ANNOTATION.read(Json.object()).isFree()).isTrue();
        }

        @Test
        void dataOfTheObjectStays() {
            ObjectNode object = parsed("{\"metadata\":{\"annotations\":{\"theirs\":\"kept\"}},\"data\":{\"k\":\"v\"}}");
            RecordFormat.ANNOTATION.write(object, OURS);
            assertThat(object.path("data").path("k").asText()).isEqualTo("v");
            assertThat(Json.annotation(object, "theirs")).isEqualTo("kept");
        }
    }
}
