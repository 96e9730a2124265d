package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FactTest {
    @Test
    void readsBackTheJsonItWrites() {
        Fact fact = Fact.at(42, "trouble", "ada")
                .with("detail", "a \"quoted\\ \n line")
                .with("valid", true);

        assertThat(Fact.parse(fact.toJson())).isEqualTo(fact);
    }
}
