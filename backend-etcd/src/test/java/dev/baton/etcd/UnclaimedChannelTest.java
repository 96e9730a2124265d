package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Channel;
import dev.baton.etcd.internal.Clients;
import dev.baton.spi.BackendRuntime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A channel that is opened while its backend closes is closed as well. */
@Timeout(300)
class UnclaimedChannelTest {
    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch mayOpen = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Opens a channel when the test lets it. */
    private final class Slow implements Clients {
        @Override
        public List<String> endpoints() {
            return List.of("http://etcd1:2379");
        }

        @Override
        public Channel open(String endpoint) {
            opening.countDown();
            try {
                mayOpen.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return (Channel) Proxy.newProxyInstance(
                    Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "close" -> closed.countDown();
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            case "endpoint" -> {
                                return endpoint;
                            }
                            default -> {
                                // Answers nothing.
                            }
                        }
                        return null;
                    });
        }
    }

    @Test
    void isClosedAfterTheBackend() throws Exception {
        EtcdBackend backend = ForSimulation.backend(
                EtcdBackend.builder("http://etcd1:2379").shutdownHook(false),
                BackendRuntime.start("etcd", false),
                new Slow());
        backend.acquire(
                Stage.claim(Stage.election(), "one"),
                backend.runtime().timekeeper().now().plus(Duration.ofMinutes(1)));
        opening.await();
        backend.close();
        mayOpen.countDown();
        assertThat(closed.await(1, TimeUnit.MINUTES)).isTrue();
    }
}
