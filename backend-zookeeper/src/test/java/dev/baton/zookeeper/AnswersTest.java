package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.zookeeper.Answers.Meaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;

/** The table of answers in the documentation, code by code, and every code that is not in it. */
class AnswersTest {
    private static final Pattern ROW = Pattern.compile("\\| (create|look) \\| ((?:`[A-Z]+`(?:, )?)+) \\| ([^|]+) \\|");
    private static final Pattern CODE = Pattern.compile("`([A-Z]+)`");

    private static Map<Code, Meaning> table(String request) throws IOException {
        Map<Code, Meaning> table = new EnumMap<>(Code.class);
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs/backends/zookeeper.md")));
        while (row.find()) {
            if (row.group(1).equals(request)) {
                Matcher code = CODE.matcher(row.group(2));
                while (code.find()) {
                    table.put(Code.valueOf(code.group(1)), meaning(row.group(3)));
                }
            }
        }
        assertThat(table).isNotEmpty();
        return table;
    }

    private static Meaning meaning(String text) {
        return switch (text) {
            case "written", "it stands, or was deleted" -> Meaning.DONE;
            case "nothing was written" -> Meaning.NOT_WRITTEN;
            case "gone" -> Meaning.GONE;
            default -> throw new AssertionError("the table says \"" + text + "\"");
        };
    }

    @Test
    void everyCodeInAnswerToACreateIsAsTheTableSaysAndUnknownOtherwise() throws IOException {
        Map<Code, Meaning> table = table("create");
        assertThat(table).hasSizeGreaterThanOrEqualTo(10);
        for (Code code : Code.values()) {
            assertThat(Answers.toCreate(code)).as("%s", code).isEqualTo(table.getOrDefault(code, Meaning.UNKNOWN));
        }
    }

    @Test
    void everyCodeInAnswerToALookIsAsTheTableSaysAndUnknownOtherwise() throws IOException {
        Map<Code, Meaning> table = table("look");
        for (Code code : Code.values()) {
            assertThat(Answers.toLook(code)).as("%s", code).isEqualTo(table.getOrDefault(code, Meaning.UNKNOWN));
        }
    }

    @Test
    void whatNoServerCanKnowIsUnknown() {
        Set<Code> troubles = EnumSet.of(
                Code.CONNECTIONLOSS,
                Code.OPERATIONTIMEOUT,
                Code.REQUESTTIMEOUT,
                Code.SESSIONEXPIRED,
                Code.SESSIONMOVED,
                Code.SYSTEMERROR,
                Code.RUNTIMEINCONSISTENCY,
                Code.DATAINCONSISTENCY,
                Code.MARSHALLINGERROR,
                Code.APIERROR);
        for (Code code : troubles) {
            assertThat(Answers.toCreate(code)).as("%s", code).isEqualTo(Meaning.UNKNOWN);
            assertThat(Answers.toLook(code)).as("%s", code).isEqualTo(Meaning.UNKNOWN);
        }
    }
}
