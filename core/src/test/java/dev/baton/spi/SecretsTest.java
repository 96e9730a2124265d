package dev.baton.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final Secrets NONE = Secrets.of(List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            etcd at http://root:s3cret@host:2379 is gone           | etcd at http://(hidden)@host:2379 is gone
            http://root:s3/cr@et,x@host:2379                       | http://(hidden)@host:2379
            http://a:1,http://u:s3cret@b:2                         | http://(hidden)@b:2
            invalid header value: "Bearer s3cret-token"            | invalid header value: "Bearer (hidden)"
            invalid header value: "Basic dTpzM2NyZXQ="             | invalid header value: "Basic (hidden)"
            Authorization: s3cret                                  | Authorization: (hidden)
            jdbc:postgresql://h/db?user=u&password=s3cret&ssl=true | jdbc:postgresql://h/db?user=u&password=(hidden)&ssl=true
            jdbc:h2:mem:x;USER=sa;PASSWORD=s3cret                  | jdbc:h2:mem:x;USER=sa;PASSWORD=(hidden)
            jdbc:oracle:thin:scott/s3cret@//host                   | jdbc:oracle:thin:(hidden)@//host
            {"token":"s3cret"}                                     | {"token":(hidden)}
            {"client-key-data": "s3cret"}                          | {"client-key-data": (hidden)}
            trustStorePassword=s3cret                              | trustStorePassword=(hidden)
            id_token: s3cret                                       | id_token: (hidden)
            got eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl there             | got (hidden) there
            """)
    void whatLooksLikeASecretIsHidden(String said, String shown) {
        assertThat(NONE.hide(said)).isEqualTo(shown);
        assertThat(NONE.hide(shown)).isEqualTo(shown);
    }

    @Test
    void privateKeysAreHidden() {
        assertThat(NONE.hide(
                        "not PKCS#8: -----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n, it is"))
                .isEqualTo("not PKCS#8: (hidden)\n, it is");
        assertThat(NONE.hide("cut: -----BEGIN PRIVATE KEY-----\nMIIEow")).isEqualTo("cut: (hidden)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders/reconciler: app-1 term-started token=0000000000-0000000000000000042",
                "etcd at http://host:2379,https://[::1]:2379 rejected the credentials; check user and password",
                "a bearer token that begins with a blank; Basic authentication",
                "renew the token or certificate, it is read again by itself",
                "app@host.example leads"
            })
    void otherTextStaysAsItIs(String text) {
        assertThat(NONE.hide(text)).isEqualTo(text);
    }

    @Test
    void whatIsKnownIsHiddenWhereverItIsSaidAndHoweverItIsWritten() {
        Secrets secrets = Secrets.of(Arrays.asList("hunter2\n", null, "x", "long-word one"));
        assertThat(secrets.hide("no hunter2 for you, aHVudGVyMg==, x, long-word"))
                .isEqualTo("no (hidden) for you, (hidden), x, (hidden)");
        secrets.learn("rotated");
        assertThat(secrets.hide("hunter2 became rotated")).isEqualTo("(hidden) became (hidden)");
        for (int i = 0; i < 100; i++) {
            secrets.learn("rotated-" + i);
        }
        assertThat(secrets.hide("rotated-99 and rotated-80")).isEqualTo("(hidden) and (hidden)");
    }

    @Test
    void longTextFromAStrangerTakesNoTime() {
        String evil = "://".repeat(20_000) + "Bearer ".repeat(5_000) + "password".repeat(5_000);
        assertThat(NONE.hide(evil)).isNotNull();
    }
}
