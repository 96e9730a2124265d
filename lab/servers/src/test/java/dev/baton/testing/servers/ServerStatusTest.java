package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerStatusTest {
    @Test
    void modeAndEpochAreReadFromTheAnswer() {
        assertThat(ServerStatus.parse("Zookeeper version: 3.9.5\nZxid: 0x30000000a\nMode: leader\nNode count: 5\n"))
                .hasValueSatisfying(status -> {
                    assertThat(status.role()).isEqualTo(ServerStatus.Role.LEADER);
                    assertThat(status.epoch()).isEqualTo(3);
                });
    }

    @Test
    void aServerThatSaysItDoesNotServeHasNoStatus() {
        assertThat(ServerStatus.parse("This ZooKeeper instance is not currently serving requests\n"))
                .isEmpty();
    }
}
