package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baton.spi.ElectionTiming;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything is sent, and in which words. */
class ZooKeeperBackendTest {
    private static final String ADDRESS = "zk1:2181,zk2:2181/chroot";

    @Test
    void theDefaultsSuitTheDefaultTiming() {
        assertThatCode(() -> check(Duration.ofSeconds(2), ElectionTiming.DEFAULT))
                .doesNotThrowAnyException();
    }

    @Test
    void isCalledZookeeper() {
        ZooKeeperBackend backend = ZooKeeperBackend.connect(ADDRESS);
        assertThat(backend.kind()).isEqualTo("zookeeper");
        backend.close();
    }

    @Test
    void aLeaseShorterThanTwoTicksIsRefused() {
        ElectionTiming timing = timing(3000, 2000, 100);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(Duration.ofSeconds(2), timing))
                .withMessageContaining("leaseDuration 3s must be at least two ticks")
                .withMessageContaining("tickTime 2s");
        assertThatCode(() -> check(Duration.ofMillis(1500), timing)).doesNotThrowAnyException();
    }

    @Test
    void aLeaseThatCannotBeProvedForLongEnoughIsRefused() {
        // 8 s less drift is 7.84 s; a tick of 2 s and 3.2 · 1.825 s make 7.84 s.
        assertThatCode(() -> check(Duration.ofSeconds(2), timing(8000, 5000, 1824)))
                .doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(Duration.ofSeconds(2), timing(8000, 5000, 1826)))
                .withMessageContaining("leaseDuration 8s")
                .withMessageContaining("tickTime 2s")
                .withMessageContaining("3.2 times retryPeriod 1.826s")
                .withMessageContaining("raise leaseDuration or lower retryPeriod");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adm1n:s3cret@zk:2181",
                "zk1:2181,adm1n:s3cret@zk2:2181/chroot",
                "adm1n:s3/cr@et,s3cret@zk:2181",
                "zookeeper://adm1n:s3cret@zk:2181"
            })
    void userInfoInAnAddressIsRefusedAndNotRepeated(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(address))
                .withMessageContainingAll("must have no user info", "(hidden)@", "authorize the client apart")
                .withMessageNotContainingAny("s3", "adm1n");
    }

    @Test
    void pathWithAnAtSignIsOne() {
        assertThatCode(() -> ZooKeeperBackend.builder("zk1:2181,zk2:2181/apps@home"))
                .doesNotThrowAnyException();
    }

    @Test
    void lineBreakAtTheEndOfADigestIsTrimmed() {
        Settings settings = ZooKeeperBackend.builder(ADDRESS)
                .curator(client -> client.authorization("digest", "root:s3cret\n".getBytes(StandardCharsets.UTF_8)))
                .settings();
        assertThat(CuratorClients.builder(settings).getAuthInfos())
                .singleElement()
                .satisfies(auth -> assertThat(auth.getAuth())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("root:s3cret"));
    }

    @Test
    void everyRefusedSettingSaysWhyAndWhatInstead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(" "))
                .withMessageContaining("must not be blank")
                .withMessageContaining("localhost:2181");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder("zk:port"))
                .withMessageContaining("\"zk:port\" must be host:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).basePath("baton"))
                .withMessageContaining("basePath \"baton\" must be an absolute path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).tickTime(Duration.ZERO))
                .withMessageContaining("tickTime 0ms must be greater than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).connectionTimeout(Duration.ofSeconds(-1)))
                .withMessageContaining("connectionTimeout -1s must be greater than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).epoch(-1))
                .withMessageContaining("epoch -1 must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS)
                        .curator(curator -> curator.namespace("apps"))
                        .build())
                .withMessageContaining("basePath(\"/apps\")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zk1",
                "zk_1:2181",
                "zk1:2181,zk2:2181/a/b",
                "zk1:1 , zk2:65535/",
                "[::1]:2181",
                "[fe80::1%eth0]:2181,127.0.0.1:2181"
            })
    void addressThatCanBeUsedIsTaken(String address) {
        assertThat(ConnectString.check(address)).isEqualTo(address);
        ZooKeeperBackend.builder(address).shutdownHook(false).build().close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                ":2181",
                "zk1:2181,:2181",
                "/chroot",
                "zk1:0",
                "zk1:-1",
                "zk1:65536",
                "zk1:99999999999",
                "zk1;2181",
                "zk 1:2181",
                "zk1?2181",
                "http://zk1:2181",
                "zk1:2181/a//b",
                "zk1:2181/a/",
                "[::1:2181"
            })
    void addressThatCanNotIsRefusedInOneSentence(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(address))
                .withMessageContainingAll(
                        "ZooKeeper's address \"" + address + "\" must be host:port,host:port", "as in [::1]:2181");
    }

    @Test
    void numbersBeyondAllMeaningAreRefused() {
        for (Duration endless : new Duration[] {Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(2)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).tickTime(endless))
                    .withMessageContainingAll("tickTime", "at most one day");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).connectionTimeout(endless))
                    .withMessageContainingAll("connectionTimeout", "at most one day");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperBackend.builder(ADDRESS).epoch(Integer.MAX_VALUE))
                .withMessageContaining("at most 2147483646");
    }

    private static void check(Duration tick, ElectionTiming timing) {
        ZooKeeperBackend backend = ZooKeeperBackend.builder(ADDRESS)
                .tickTime(tick)
                .shutdownHook(false)
                .build();
        try {
            backend.check(ELECTION, timing);
        } finally {
            backend.close();
        }
    }

    private static ElectionTiming timing(long lease, long renew, long retry) {
        return ElectionTiming.of(Duration.ofMillis(lease), Duration.ofMillis(renew), Duration.ofMillis(retry));
    }
}
