package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that others wrote, or nobody: none of them ends in an exception, and none that is held looks free. */
class AnnotationOddityTest {
    private static final AnnotationFormat FORMAT = new AnnotationFormat();
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    private static ObjectNode object(String text) {
        ObjectNode object = Json.object();
        Json.annotations(object).put(AnnotationFormat.ANNOTATION, text);
        return object;
    }

    private static ObjectNode holding(String fields) {
        return object("{\"holderIdentity\":\"x\"," + fields.replace('\'', '"') + "}");
    }

    @Test
    void clientGosAndTheOfficialJavaClientsRecordsAreNotOdd() {
        assertThat(FORMAT.oddity(holding(
                        "'leaseDurationSeconds':15,'acquireTime':'2026-01-02T03:04:05Z','renewTime':'2026-01-02T"
                                + "03:04:05Z','leaderTransitions':0")))
                .isNull();
        assertThat(FORMAT.oddity(holding("'leaseDurationSeconds':15,'renewTime':'2026-01-02T03:04:05.123Z'")))
                .isNull();
        assertThat(FORMAT.oddity(holding("'leaseDurationSeconds':15,'renewTime':null")))
                .isNull();
        assertThat(FORMAT.oddity(Json.object())).isNull();
        assertThat(FORMAT.oddity(object("{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1}")))
                .isNull();
    }

    @Test
    void oursIsNotOdd() {
        ObjectNode ours = Json.object();
        FORMAT.write(ours, new LeaderRecord("a", "n", Duration.ofSeconds(15), TIME, TIME, 0));
        assertThat(FORMAT.oddity(ours)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "42",
                "{\"holderIdentity\":[\"x\"]}",
                "{\"holderIdentity\":{\"name\":\"x\"}}",
                "{\"holderIdentity\":7}"
            })
    void whatNamesNoHolderIsSomebodys(String text) {
        assertThat(FORMAT.read(object(text)).holderIdentity()).isEqualTo(AnnotationFormat.UNREADABLE);
        assertThat(FORMAT.oddity(object(text))).contains("is not a leader record", "15s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'leaseDurationSeconds':'soon'",
                "'leaseDurationSeconds':0",
                "'leaseDurationSeconds':-5",
                "'leaseDurationSeconds':-99999999999999999999999999",
                "'leaseDurationSeconds':1.5",
                "'leaseDurationSeconds':{}",
                "'leaseDuration':'15 seconds'",
                "'leaseDuration':'PT-15S'",
                "'renewTime':'2026-01-02T03:04:05Z'"
            })
    void holderThatDoesNotSayHowLongIsWaitedForAsLongAsUsualAndNamed(String fields) {
        LeaderRecord read = FORMAT.read(holding(fields));
        assertThat(read.holderIdentity()).isEqualTo("x");
        assertThat(read.leaseDuration()).isEqualTo(Duration.ofSeconds(16));
        assertThat(FORMAT.oddity(holding(fields))).contains("\"x\"", "no leaseDurationSeconds for");
    }

    @ParameterizedTest
    @CsvSource({"PT15S, PT16S", "PT1M, PT61S", "PT0.5S, PT1.5S"})
    void fabric8sDurationIsUnderstoodAndSaid(String said, Duration waited) {
        ObjectNode theirs = holding("'leaseDuration':'" + said + "','acquireTime':'2026-01-02T03:04:05.123456Z',"
                + "'renewTime':'2026-01-02T03:04:05.123456Z','leaderTransitions':0");
        assertThat(FORMAT.read(theirs).leaseDuration()).isEqualTo(waited);
        assertThat(FORMAT.oddity(theirs)).contains("fabric8", "one kind of client");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'leaseDurationSeconds':2147483648",
                "'leaseDurationSeconds':9223372036854775807",
                "'leaseDurationSeconds':99999999999999999999999999",
                "'leaseDuration':'PT9223372036854775807S'"
            })
    void noDurationIsLongerThanALeaseCanSay(String fields) {
        assertThat(FORMAT.read(holding(fields)).leaseDuration()).isEqualTo(Duration.ofSeconds(1L + Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345", "'yesterday'", "{}", "true"})
    void renewalsAtATimeThatIsNoneAreChangesAllTheSame(String time) {
        ObjectNode one = holding("'leaseDurationSeconds':15,'renewTime':" + time);
        ObjectNode other = holding("'leaseDurationSeconds':15,'renewTime':" + time + ",'more':1");
        assertThat(FORMAT.read(one)).isNotEqualTo(FORMAT.read(other)).isEqualTo(FORMAT.read(one));
        assertThat(FORMAT.oddity(one)).contains("renewTime of \"x\"", "16s");
    }
}
