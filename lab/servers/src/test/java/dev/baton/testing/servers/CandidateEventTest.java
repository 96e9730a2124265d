package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateEventTest {
    private static final CandidateEvent EVENT = new CandidateEvent(17, "started", "a/b", "go-1", "");

    @Test
    void aLineTellsAnEvent() {
        assertThat(CandidateEvent.parse(EVENT.toLine())).contains(EVENT);
    }

    @Test
    void aDetailIsKeptAsItStands() {
        String record = "{\\\"holderIdentity\\\":\\\"a\\\\b\\\"}";
        CandidateEvent event = new CandidateEvent(17, "saw", "a/b", "go-1", record);
        assertThat(CandidateEvent.parse(event.toLine())).contains(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "I1121 leaderelection.go:258] attempting to acquire leader lease",
                "{\"at\":17,\"event\":\"started\",\"election\":\"a/b\",\"cand",
                "{\"at\":17,\"event\":\"started\",\"election\":\"a/b\",\"candidate\":\"go-1\",\"detail\":\"half \\\""
            })
    void anythingElseTellsNone(String line) {
        assertThat(CandidateEvent.parse(line)).isEmpty();
    }
}
