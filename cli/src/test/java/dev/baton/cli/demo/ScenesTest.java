package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.FencingToken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** To whom the demo does what it does next. */
class ScenesTest {
    private static final List<String> ALIVE = List.of("ada", "ben");

    private final List<Fact> facts = new ArrayList<>();
    private long now;

    @Test
    void takesTheLeaderThatWritesAndThatTheOthersSee() {
        tell("term-started", "ada", 10);
        assertThat(Scenes.leading(facts, ALIVE)).isEmpty();
        tell("ledger-accepted", "ada", 10);
        assertThat(Scenes.leading(facts, ALIVE)).isEmpty();
        sees("ben", "ada");

        assertThat(Scenes.leading(facts, ALIVE)).map(Fact::who).contains("ada");
    }

    @Test
    void waitsForTheNextWhenThatOneLosesItsTerm() {
        takesTheLeaderThatWritesAndThatTheOthersSee();

        tell("term-ended", "ada", 10);
        assertThat(Scenes.leading(facts, ALIVE)).isEmpty();
        tell("term-started", "ben", 20);
        tell("ledger-accepted", "ben", 20);
        assertThat(Scenes.leading(facts, ALIVE)).as("ada has yet to see it").isEmpty();
        sees("ada", "ben");

        assertThat(Scenes.leading(facts, ALIVE)).map(Fact::who).contains("ben");
    }

    private void tell(String type, String who, long token) {
        facts.add(Fact.at(now++, type, who).with("token", new FencingToken(0, token).toString()));
    }

    private void sees(String who, String holder) {
        facts.add(Fact.at(now++, "new-leader", who).with("holder", holder));
    }
}
