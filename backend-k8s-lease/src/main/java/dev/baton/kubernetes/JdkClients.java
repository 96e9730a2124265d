package dev.baton.kubernetes;

import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes fabric8's JDK clients, on Baton's threads, which outlive the clients, and ends them.
 *
 * <p>Each client has a thread and descriptors of its own. From Java 21 on it has a method to end it. An older one ends
 * when it is garbage-collected, which may take hours in an idle process, or when its thread is interrupted: that closes
 * the connections that it keeps alive, and leaves open those of requests in flight. Safe for use by many threads.
 */
final class JdkClients extends JdkHttpClientFactory {
    private static final Logger log = LoggerFactory.getLogger(JdkClients.class);

    /** The number in a JDK client's toString, which is also in its thread's name. */
    private static final Pattern NUMBER = Pattern.compile("\\((\\d+)\\)$");

    private final Executor threads;
    private java.net.http.@Nullable HttpClient newest;

    JdkClients(Executor threads) {
        this.threads = threads;
    }

    /** A fabric8 client and the JDK client inside it. */
    record Made(HttpClient http, java.net.http.@Nullable HttpClient jdk) {}

    /** A client with connections of its own. */
    synchronized Made open(Config config, Secrets secrets) {
        HttpClient http = Credentials.client(this, config, secrets).build();
        Made made = new Made(http, newest);
        newest = null;
        return made;
    }

    /** Ends a client without requests in flight, with its thread and its connections. */
    void close(Made made) {
        made.http().close();
        if (made.jdk() != null && !end(made.jdk()) && !interrupt(made.jdk())) {
            log.debug("a client of the JDK stays until it is collected");
        }
    }

    private static boolean end(java.net.http.HttpClient client) {
        try {
            java.net.http.HttpClient.class.getMethod("shutdownNow").invoke(client);
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        } catch (IllegalAccessException | InvocationTargetException e) {
            log.debug("a client of the JDK could not be ended", e);
            return false;
        }
    }

    private static boolean interrupt(java.net.http.HttpClient client) {
        Matcher number = NUMBER.matcher(client.toString());
        if (!number.find()) {
            return false;
        }
        String name = "HttpClient-" + number.group(1) + "-SelectorManager";
        for (Thread thread : everyThread()) {
            if (thread != null && thread.getName().equals(name)) {
                thread.interrupt();
                return true;
            }
        }
        return false;
    }

    /** All live threads, without their stacks, for which the JVM would halt; the rest of the array is null. */
    private static @Nullable Thread[] everyThread() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        while (all.getParent() != null) {
            all = all.getParent();
        }
        Thread[] found = new Thread[2 * all.activeCount() + 8];
        all.enumerate(found);
        return found;
    }

    /** The JDK's builder, wrapped to remember the client that it builds: fabric8 does not expose it. */
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
        // close(Made) ends the JDK's client and its connections; the threads belong to ApiServer.
    }
}
