package dev.baton.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void readsTheLocaleAsPosixDoes() {
        assertThat(Terminal.isUtf8(Map.of("LANG", "en_US.UTF-8"))).isTrue();
        assertThat(Terminal.isUtf8(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8")))
                .isFalse();
        assertThat(Terminal.isUtf8(Map.of("LC_ALL", "", "LC_CTYPE", "C.utf8"))).isTrue();
        assertThat(Terminal.isUtf8(Map.of())).isFalse();
    }
}
