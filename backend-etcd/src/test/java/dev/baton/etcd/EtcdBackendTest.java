package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.baton.etcd.internal.Failure;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.ClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        for (String address : new String[] {"etcd1", "http://etcd1", "ftp://etcd1:1", "http://a:1,", "http://[:1"}) {
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
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS).connectionTimeout(Duration.ofSeconds(Long.MAX_VALUE)))
                .withMessageContainingAll("connectionTimeout PT", "at most one day");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS).epoch(-1))
                .withMessageContaining("epoch -1 must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS).epoch(Integer.MAX_VALUE))
                .withMessageContaining("epoch 2147483647 must be at most 2147483646");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(ADDRESS)
                        .jetcd(client -> client.user(ByteSequence.from("root", StandardCharsets.UTF_8)))
                        .build())
                .withMessageContaining("user and password must both be set");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://etcd1:2379, http://etcd1:2379",
        "etcd1:2379, http://etcd1:2379",
        "[::1]:2379, http://[::1]:2379",
        "HttpS://Etcd1:2379/, https://Etcd1:2379",
        "http://[::1]:2379, http://[::1]:2379",
        "https://[fe80::1%eth0]:2379, https://[fe80::1%eth0]:2379",
        "http://10.0.0.1:65535, http://10.0.0.1:65535"
    })
    void addressThatCanBeUsedIsTakenInOneForm(String written, String taken) {
        assertThat(EtcdEndpoints.parse(written)).containsExactly(taken);
        assertThat(EtcdEndpoints.parse(written + ", " + taken)).containsExactly(taken);
        EtcdBackend.builder(written).shutdownHook(false).build().close();
    }

    @ParameterizedTest
    @CsvSource({
        "http://::1:2379, 'an IPv6 address in brackets, as in http://[::1]:2379'",
        "http://fe80::1%eth0:2379, an IPv6 address in brackets",
        "http://etcd_1:2379, no host has a '_' in its name",
        "http://etcd1:0, the port between 1 and 65535",
        "http://etcd1:65536, the port between 1 and 65535",
        "http://etcd1:99999999999, the port between 1 and 65535",
        "http://etcd1:-1, must be http://host:port",
        "http://etcd1:2379/v3, etcd answers at no path",
        "http://etcd1:2379?a=b, etcd answers at no path",
        "http://etcd1:2379#a, etcd answers at no path",
        "http:etcd1:2379, must be http://host:port",
        "http:///etcd1, must be http://host:port",
        "http://et cd1:2379, must be http://host:port"
    })
    void addressThatCanNotIsRefusedInOneSentence(String address, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder("http://etcd1:2379," + address))
                .withMessageContainingAll("etcd's address \"" + address + "\" must be http://host:port", rule)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("\n"));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://root:s3cret@host:2379",
                "https://root:s3/cr@et,s3cret@host:2379",
                "http://a:1,http://root:s3cret@b:2",
                "root:s3cret@host:2379",
                "http://s3cret@host:2379"
            })
    void userInfoInAnAddressIsRefusedAndNotRepeated(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdBackend.builder(address))
                .withMessageContainingAll("must have no user info", "(hidden)@", "give user and password apart")
                .satisfies(refused -> {
                    for (Throwable each = refused; each != null; each = each.getCause()) {
                        assertThat(each.toString()).doesNotContain("s3cret", "root", "s3");
                    }
                });
    }

    @Test
    void lineBreakAtTheEndOfACredentialIsTrimmed() {
        Settings settings = EtcdBackend.builder(ADDRESS)
                .jetcd(client -> client.user(bytes("root\r\n")).password(bytes("s3cret\n")))
                .settings();
        ClientBuilder client =
                JetcdClients.builder(settings, settings.endpoints().get(0));
        assertThat(client.user()).isEqualTo(bytes("root"));
        assertThat(client.password()).isEqualTo(bytes("s3cret"));
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Test
    void whatAServerSaysIsPrintable() {
        assertThat(new Failure(Failure.Kind.REFUSED, "no\u001b[2J\n12:00 all is well").detail())
                .isEqualTo("no\\u{1b}[2J\\u{a}12:00 all is well");
        Messages messages = new Messages(EtcdBackend.builder(ADDRESS).settings());
        assertThat(messages.taken("/baton/a/b\u001b[2J\n1f").getMessage())
                .contains("/baton/a/b\\u{1b}[2J\\u{a}1f")
                .doesNotContain("\u001b", "\n");
        assertThat(messages.allowed("http://host:1", "3.5.0\u001b[2J", "it lies"))
                .doesNotContain("\u001b");
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
