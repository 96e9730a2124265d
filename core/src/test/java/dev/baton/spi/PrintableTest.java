package dev.baton.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            001b|\\u{1b}
            000a|\\u{a}
            000d|\\u{d}
            0000|\\u{0}
            0009|\\u{9}
            007f|\\u{7f}
            0085|\\u{85}
            009b|\\u{9b}
            00a0|\\u{a0}
            00ad|\\u{ad}
            061c|\\u{61c}
            200b|\\u{200b}
            200f|\\u{200f}
            2028|\\u{2028}
            2029|\\u{2029}
            202e|\\u{202e}
            2066|\\u{2066}
            3164|\\u{3164}
            d800|\\u{d800}
            fe0f|\\u{fe0f}
            feff|\\u{feff}
            e0041|\\u{e0041}
            """)
    void whatDoesSomethingElseThanShowIsWrittenAsItsCodePoint(String hex, String shown) {
        String raw = "a" + Character.toString(Integer.parseInt(hex, 16)) + "b";
        assertThat(Printable.value(raw)).isEqualTo("a" + shown + "b");
        assertThat(Printable.text(raw)).isEqualTo("a" + shown + "b");
        assertThat(Printable.parse(Printable.value(raw))).isEqualTo(raw);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "app-1", "pod-1_é漢 😀 (blue)", "DOMAIN\\host", "C:\\users\\x", "a{b}", "naïve"})
    void plainNamesStayAsTheyAre(String name) {
        assertThat(Printable.value(name)).isSameAs(name);
        assertThat(Printable.text(name)).isEqualTo(name);
    }

    @Test
    void namesThatDifferLookDifferent() {
        List<String> alike = List.of(
                "a\u001b",
                "a\\u{1b}",
                "a\\u{5c}u{1b}",
                "a\\\u001b",
                "a\\\\u{1b}",
                "a",
                " a",
                "a ",
                "a  b",
                "a b",
                "a\u00a0b");
        Map<String, String> seen = new HashMap<>();
        alike.forEach(name -> assertThat(seen.put(Printable.value(name), name)).isNull());
        Random random = new Random(42);
        String letters = "\\u{}15cb \u001b\u202e\n";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder raw = new StringBuilder();
            random.ints(random.nextInt(12), 0, letters.length()).forEach(at -> raw.append(letters.charAt(at)));
            String name = raw.toString();
            assertThat(Printable.parse(Printable.value(name))).isEqualTo(name);
        }
    }

    @Test
    void columnsCannotBeForgedWithSpaces() {
        assertThat(Printable.value("ada   3 s ago")).isEqualTo("ada \\u{20}\\u{20}3 s ago");
    }

    @Test
    void sentenceThatIsShownAgainStaysAsItIs() {
        for (String sentence :
                List.of("a\nb \u202e c", "x".repeat(100_000), "\u001b".repeat(5_000), "http://u:p@h:1")) {
            String once = Printable.text(sentence);
            assertThat(once.codePoints()).allMatch(Printable::isPrintable);
            assertThat(once).hasSizeLessThanOrEqualTo(2_000);
            assertThat(Printable.text(once)).isEqualTo(once);
        }
        assertThat(Printable.text("x".repeat(100_000))).endsWith("x… (100000 characters)");
    }

    @Test
    void failureIsShownWithItsCausesOrLeftAlone() {
        IOException plain = new IOException("refused", new IllegalStateException("because"));
        assertThat(Printable.failure(plain)).isSameAs(plain);

        IOException forging = new IOException("no\n12:00 INFO all is well", new IOException("\u001b[2J"));
        forging.addSuppressed(new IOException("\u0007"));
        Throwable shown = Printable.failure(forging);
        assertThat(shown).hasToString("java.io.IOException: no\\u{a}12:00 INFO all is well");
        assertThat(shown.getCause()).hasToString("java.io.IOException: \\u{1b}[2J");
        assertThat(shown.getSuppressed()[0]).hasToString("java.io.IOException: \\u{7}");
        assertThat(shown.getStackTrace()).isEqualTo(forging.getStackTrace());
    }

    @Test
    void failureAmongItsOwnCausesIsShown() {
        IOException one = new IOException("a\nb");
        one.addSuppressed(new IOException("other", one));
        assertThat(Printable.failure(one)).hasToString("java.io.IOException: a\\u{a}b");
    }

    @Test
    void backendsExceptionIsFitToBeLogged() {
        BackendException said = new BackendException(
                "etcd said \"\u001b[2J\"", new IllegalArgumentException("invalid header value: \"Bearer abcdefgh\n\""));
        assertThat(said).hasMessage("etcd said \"\\u{1b}[2J\"");
        assertThat(said.getCause())
                .hasToString("java.lang.IllegalArgumentException: invalid header value: \"Bearer (hidden)\\u{a}\"");
    }
}
