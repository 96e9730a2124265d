package dev.baton.examples.activestandby;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.spi.FencingToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final FencingToken FORMER = new FencingToken(0, 41);
    private static final FencingToken LATER = new FencingToken(0, 42);

    @TempDir
    Path folder;

    @Test
    void numbersItsLinesAcrossWritersAndInstances() throws IOException {
        new Ledger(file()).append(FORMER, "ada");
        new Ledger(file()).append(FORMER, "ada");
        new Ledger(file()).append(LATER, "ben of x");

        assertThat(file()).hasContent(FORMER + " 1 ada\n" + FORMER + " 2 ada\n" + LATER + " 3 ben of x\n");
    }

    @Test
    void refusesAWriterWhoseTermIsOver() throws IOException {
        Ledger ledger = new Ledger(file());
        ledger.append(FORMER, "ada");
        ledger.append(LATER, "ben");

        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.append(FORMER, "ada"))
                .withMessageContaining("refuses token " + FORMER)
                .withMessageContaining("ben has written with token " + LATER);
        ledger.append(LATER, "ben");

        assertThat(file()).hasContent(FORMER + " 1 ada\n" + LATER + " 2 ben\n" + LATER + " 3 ben\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0000000000-0000000000000000099 3 be", "0000000000-0000000000000000099 3 bjørn"})
    void removesHalfALineOfOneThatWasKilled(String half) throws IOException {
        new Ledger(file()).append(FORMER, "åse");
        new Ledger(file()).append(FORMER, "åse");
        Files.writeString(file(), half, APPEND);

        assertThat(new Ledger(file()).append(LATER, "ben").number()).isEqualTo(3);

        assertThat(file()).hasContent(FORMER + " 1 åse\n" + FORMER + " 2 åse\n" + LATER + " 3 ben\n");
    }

    @Test
    void findsItsLastLineHoweverLongItIs() throws IOException {
        String longest = "日".repeat(253);
        Ledger ledger = new Ledger(file());
        for (int number = 1; number <= 9; number++) {
            assertThat(ledger.append(LATER, longest).number()).isEqualTo(number);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"precious", "precious\n", "\n", "a\n\n"})
    void leavesAFileAloneThatIsNoLedger(String content) throws IOException {
        Files.writeString(file(), content);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Ledger(file()).append(LATER, "ben"))
                .withMessageContaining("is not a ledger");

        assertThat(Files.readString(file())).isEqualTo(content);
    }

    private Path file() {
        return folder.resolve("ledger.txt");
    }
}
