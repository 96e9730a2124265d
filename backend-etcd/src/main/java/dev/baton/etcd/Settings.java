package dev.baton.etcd;

import io.etcd.jetcd.ClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The settings of one {@link EtcdBackend}.
 *
 * @param prefix ends with a slash
 */
record Settings(
        List<String> endpoints,
        String prefix,
        int epoch,
        Duration connectionTimeout,
        boolean unsafeServersAllowed,
        Consumer<ClientBuilder> jetcd) {

    /** The endpoints as operators see them. */
    String address() {
        return String.join(",", endpoints);
    }
}
