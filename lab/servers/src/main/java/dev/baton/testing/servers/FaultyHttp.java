package dev.baton.testing.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on loopback that passes requests on to another, and does to some of them what networks, proxies and
 * overloaded servers do. It speaks HTTP or HTTPS to either side.
 */
public final class FaultyHttp implements AutoCloseable {
    /** Headers that belong to one connection. */
    private static final Set<String> OF_A_CONNECTION =
            Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

    private final URI target;
    private final HttpClient client;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "faulty-http");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    private FaultyHttp(URI target, SSLContext trust, HttpServer server) {
        this.target = target;
        this.server = server;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .sslContext(trust)
                .build();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /**
     * A proxy before {@code target}.
     *
     * @param trust by which the target's certificate is judged
     */
    public static FaultyHttp before(URI target, SSLContext trust) throws IOException {
        return new FaultyHttp(target, trust, HttpServer.create(anyPort(), 0));
    }

    /**
     * A proxy before {@code server}, in whose name it speaks HTTPS to clients.
     *
     * @throws IOException if the server's certificate cannot be shown
     */
    public static FaultyHttp inTheNameOf(KubeApiServer server) throws IOException {
        HttpsServer front = HttpsServer.create(anyPort(), 0);
        front.setHttpsConfigurator(new HttpsConfigurator(server.identity()));
        return new FaultyHttp(URI.create(server.url()), server.trust(), front);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** {@code http://127.0.0.1:port}, or with https. */
    public String url() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** One request, as far as rules look at it; its body a character a byte, so that what is no text passes unchanged. */
    public record Asked(String method, String uri, String body) {
        /** Whether it opens a watch. */
        public boolean isWatch() {
            return uri.contains("watch=");
        }
    }

    /** What is done instead of passing a request on and its answer back. */
    public interface Fault {
        /** Does it; {@code pass} passes the request on and answers nothing yet. */
        void strike(Exchange exchange) throws IOException, InterruptedException;
    }

    /** What a fault may do. */
    public interface Exchange {
        /** Sends a Status with this code, reason and message, and headers. */
        void answer(int code, String reason, String message, Map<String, String> headers) throws IOException;

        /** Sends this text as it is, as what is no API server answers. */
        void plain(int code, String text) throws IOException;

        /** Sends this as JSON, with status 200. */
        void reply(String json) throws IOException;

        /** Passes the request on, without its answer; returns the status. */
        int passOn() throws IOException, InterruptedException;

        /** Passes the request on with another body, and its answer back. */
        void passChanged(UnaryOperator<String> body) throws IOException, InterruptedException;

        /** Passes the request on as if whoever has {@code token} had made it, and its answer back. */
        void passAs(String token) throws IOException, InterruptedException;

        /**
         * Passes the request on, and of its answer the headers and the first {@code bytes}; then says nothing more until
         * the proxy is closed or {@link Rule#end() the rule ends}.
         */
        void passPart(int bytes) throws IOException, InterruptedException;

        /** Says nothing until the proxy is closed or {@link Rule#end() the rule ends}. */
        void hang() throws InterruptedException;

        /** Closes the connection without an answer. */
        void reset();
    }

    /** A fault in force. */
    public final class Rule implements AutoCloseable {
        private final Predicate<Asked> which;
        private final AtomicInteger left;
        private final AtomicInteger struck = new AtomicInteger();
        private final Fault fault;
        private final CountDownLatch ended = new CountDownLatch(1);

        private Rule(Predicate<Asked> which, int times, Fault fault) {
            this.which = which;
            this.left = new AtomicInteger(times);
            this.fault = fault;
        }

        /** How often it has struck. */
        public int struck() {
            return struck.get();
        }

        /** It strikes no more, and what hangs by it is let go with its connection. */
        public void end() {
            rules.remove(this);
            ended.countDown();
        }

        @Override
        public void close() {
            end();
        }

        private boolean takes(Asked asked) {
            return which.test(asked) && left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
        }
    }

    /** Does {@code fault} to each request that {@code which} names, until the rule is ended. */
    public Rule when(Predicate<Asked> which, Fault fault) {
        return when(which, Integer.MAX_VALUE, fault);
    }

    /** Does {@code fault} to the next {@code times} requests that {@code which} names. */
    public Rule when(Predicate<Asked> which, int times, Fault fault) {
        Rule rule = new Rule(which, times, fault);
        rules.add(rule);
        return rule;
    }

    /** {@code METHOD path?query} of every request so far, in order. */
    public List<String> log() {
        return List.copyOf(log);
    }

    private void handle(HttpExchange http) throws IOException {
        byte[] body = http.getRequestBody().readAllBytes();
        Asked asked = new Asked(
                http.getRequestMethod(),
                http.getRequestURI().toString(),
                new String(body, StandardCharsets.ISO_8859_1));
        log.add(asked.method() + " " + asked.uri());
        try {
            for (Rule rule : rules) {
                if (rule.takes(asked)) {
                    rule.struck.incrementAndGet();
                    rule.fault.strike(new Live(http, asked, rule));
                    return;
                }
            }
            passBack(http, send(http, asked.body(), null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            http.close();
        } catch (IOException | UncheckedIOException e) {
            http.close();
        }
    }

    private HttpResponse<InputStream> send(HttpExchange http, String body, @Nullable String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.toString() + http.getRequestURI()));
        http.getRequestHeaders().forEach((name, values) -> {
            if (!OF_A_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        if (token != null) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        request.method(
                http.getRequestMethod(),
                body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static void passBack(HttpExchange http, HttpResponse<InputStream> response) throws IOException {
        passHeaders(http, response);
        try (InputStream in = response.body();
                OutputStream out = http.getResponseBody()) {
            byte[] buffer = new byte[8_192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    private static void passHeaders(HttpExchange http, HttpResponse<?> response) throws IOException {
        response.headers().map().forEach((name, values) -> {
            if (!OF_A_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                http.getResponseHeaders().put(name, values);
            }
        });
        http.sendResponseHeaders(response.statusCode(), 0);
    }

    @Override
    public void close() {
        rules.forEach(Rule::end);
        server.stop(0);
        threads.shutdownNow();
    }

    private final class Live implements Exchange {
        private final HttpExchange http;
        private final Asked asked;
        private final Rule rule;

        Live(HttpExchange http, Asked asked, Rule rule) {
            this.http = http;
            this.asked = asked;
            this.rule = rule;
        }

        @Override
        public void answer(int code, String reason, String message, Map<String, String> headers) throws IOException {
            headers.forEach(http.getResponseHeaders()::set);
            reply(
                    code,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code
                            + ",\"reason\":\"" + reason + "\",\"message\":\"" + message + "\"}");
        }

        @Override
        public void plain(int code, String text) throws IOException {
            reply(code, text, "text/plain");
        }

        @Override
        public void reply(String json) throws IOException {
            reply(200, json);
        }

        private void reply(int code, String json) throws IOException {
            reply(code, json, "application/json");
        }

        private void reply(int code, String text, String type) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            http.getResponseHeaders().set("Content-Type", type);
            http.sendResponseHeaders(code, bytes.length);
            try (OutputStream out = http.getResponseBody()) {
                out.write(bytes);
            }
        }

        @Override
        public int passOn() throws IOException, InterruptedException {
            HttpResponse<InputStream> response = send(http, asked.body(), null);
            response.body().readAllBytes();
            return response.statusCode();
        }

        @Override
        public void passChanged(UnaryOperator<String> body) throws IOException, InterruptedException {
            passBack(http, send(http, body.apply(asked.body()), null));
        }

        @Override
        public void passAs(String token) throws IOException, InterruptedException {
            passBack(http, send(http, asked.body(), token));
        }

        @Override
        public void passPart(int bytes) throws IOException, InterruptedException {
            HttpResponse<InputStream> response = send(http, asked.body(), null);
            passHeaders(http, response);
            try (InputStream in = response.body()) {
                OutputStream out = http.getResponseBody();
                out.write(in.readNBytes(bytes));
                out.flush();
            }
            hang();
        }

        @Override
        public void hang() throws InterruptedException {
            rule.ended.await();
            http.close();
        }

        @Override
        public void reset() {
            http.close();
        }
    }
}
