package dev.baton.kubernetes;

import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes fabric8's JDK clients, on threads of ours that outlive them, and ends them.
 *
 * <p>Each has a thread and descriptors of its own. Before Java 21 nothing ends a client but its collection, which an idle
 * process may not see for hours: so only a few may be left behind at a time. Safe for use by many threads.
 */
final class JdkClients extends JdkHttpClientFactory {
    /** Clients that were left and may not have ended. */
    static final int MOST_LEFT = 8;

    private static final Logger log = LoggerFactory.getLogger(JdkClients.class);

    private final Executor threads;
    private final List<WeakReference<java.net.http.HttpClient>> left = new ArrayList<>();
    private java.net.http.@Nullable HttpClient newest;

    JdkClients(Executor threads) {
        this.threads = threads;
    }

    /** A client and what it is made of. */
    record Made(HttpClient http, java.net.http.@Nullable HttpClient jdk) {}

    /** A client with connections of its own. */
    synchronized Made open(Config config, Secrets secrets) {
        HttpClient http = Credentials.client(this, config, secrets).build();
        Made made = new Made(http, newest);
        newest = null;
        return made;
    }

    /** Whether another client may be left. */
    synchronized boolean mayLeave() {
        left.removeIf(client -> client.get() == null);
        return left.size() < MOST_LEFT;
    }

    /** Lets a client end, once it has done what it was asked. */
    synchronized void leave(Made made) {
        if (made.jdk() != null && !end(made.jdk(), "shutdown")) {
            left.add(new WeakReference<>(made.jdk()));
        }
    }

    /** Ends a client and all that it was asked. */
    void close(Made made) {
        made.http().close();
        if (made.jdk() != null && !end(made.jdk(), "shutdownNow")) {
            log.debug("a client of the JDK stays until it is collected");
        }
    }

    private static boolean end(java.net.http.HttpClient client, String how) {
        try {
            java.net.http.HttpClient.class.getMethod(how).invoke(client);
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        } catch (IllegalAccessException | InvocationTargetException e) {
            log.debug("a client of the JDK could not be ended by {}", how, e);
            return false;
        }
    }

    /** The JDK's own builder, which shows the client that it builds: fabric8 keeps it to itself. */
    @Override
    protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
        java.net.http.HttpClient.Builder builder =
                java.net.http.HttpClient.newBuilder().executor(threads);
        return (java.net.http.HttpClient.Builder) Proxy.newProxyInstance(
                JdkClients.class.getClassLoader(),
                new Class<?>[] {java.net.http.HttpClient.Builder.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(builder, arguments);
                        if (result instanceof java.net.http.HttpClient built) {
                            newest = built;
                        }
                        return result == builder ? proxy : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    @Override
    protected void closeHttpClient(JdkHttpClientImpl client) {
        // Its connections are closed with the JDK's client; the threads are ours.
    }
}
