package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is refused before anything is sent, and in which words. */
class EtcdBackendTest {
    private static final String ADDRESS = "http://etcd1:2379,https://etcd2:2379";

    @Test
    void isCalledEtcd() {
        EtcdBackend backend = EtcdBackend.connect(ADDRESS);
        assertThat(backend.kind()).isEqualTo("etcd");
        backend.close();
        backend.close();
    }

    @Test
    void everyRefusedSettingSaysWhyAndWhatInstead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(" "))
                .withMessageContaining("must not be blank")
                .withMessageContaining("http://localhost:2379");
        for (String address :
                new String[] {"etcd1:2379", "http://etcd1", "ftp://etcd1:1", "http://a:1,", "http://[:1"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EtcdBackend.builder(address))
                    .withMessageContaining("must be http://host:port or https://host:port");
        }
        for (String prefix : new String[] {" ", "/", "/a//b"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EtcdBackend.builder(ADDRESS).prefix(prefix))
                    .withMessageContaining("prefix \"" + prefix + "\"");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS).connectionTimeout(Duration.ZERO))
                .withMessageContaining("connectionTimeout 0ms must be greater than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS).epoch(-1))
                .withMessageContaining("epoch -1 must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS)
                        .jetcd(client -> client.user(ByteSequence.from("root", StandardCharsets.UTF_8)))
                        .build())
                .withMessageContaining("user and password must both be set");
    }

    @Test
    void nestedElectionNamesCannotBeWritten() {
        assertThatIllegalArgumentException().isThrownBy(() -> ElectionName.parse("orders/reconciler/eu"));
    }

    @Test
    void aSlashIsAddedToThePrefixWhereThereIsNone() {
        assertThat(EtcdBackend.builder(ADDRESS).prefix("apps").settings().prefix())
                .isEqualTo("apps/");
        assertThat(EtcdBackend.builder(ADDRESS).prefix("/apps/").settings().prefix())
                .isEqualTo("/apps/");
    }

    @Test
    void thereIsNoFenceForATermThatWasNotGranted() {
        EtcdBackend backend = EtcdBackend.builder(ADDRESS).shutdownHook(false).build();
        assertThatIllegalStateException()
                .isThrownBy(() -> backend.fence(ElectionName.parse("a/b"), new FencingToken(0, 5)))
                .withMessageContaining("is over, or was not granted by this backend");
        backend.close();
    }
}
