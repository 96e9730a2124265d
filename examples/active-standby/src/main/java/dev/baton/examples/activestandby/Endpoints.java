package dev.baton.examples.activestandby;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** {@code /healthz}, {@code /readyz} and {@code /leader} over HTTP. */
final class Endpoints implements AutoCloseable {
    private static final int THREADS = 4;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "http");
        thread.setDaemon(true);
        return thread;
    });
    private final ObjectMapper json = new ObjectMapper();
    private volatile boolean ending;

    private Endpoints(HttpServer server) {
        this.server = server;
    }

    /**
     * Binds the port, and answers no request yet.
     *
     * @param address with port 0 for any free port
     * @throws IOException when the port is taken, or the address is not this machine's
     */
    static Endpoints bind(InetSocketAddress address) throws IOException {
        return new Endpoints(HttpServer.create(address, 0));
    }

    /** Starts to answer requests with the state of {@code standing}. */
    void serve(Standing standing) {
        route("/healthz", () -> verdict(standing.ill()));
        route("/readyz", () -> verdict(ending ? Optional.of("shutting down") : standing.unready()));
        route("/leader", () -> new Answer(200, "application/json", json(standing.leader()) + "\n"));
        server.setExecutor(threads);
        server.start();
    }

    /** The bound port. */
    int port() {
        return server.getAddress().getPort();
    }

    /** Reports not ready from now on, and continues to answer. */
    void ending() {
        ending = true;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }

    /** Escapes the text to ASCII, because terminals show it, and another client may have written the leader's name. */
    private String json(Map<String, ?> fields) throws IOException {
        return json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(fields);
    }

    private record Answer(int status, String type, String body) {}

    private interface Question {
        Answer answer() throws IOException;
    }

    /** Answers 500 for a failed check, as Kubernetes' own components do. */
    private static Answer verdict(Optional<String> trouble) {
        return new Answer(trouble.isPresent() ? 500 : 200, "text/plain; charset=utf-8", trouble.orElse("ok") + "\n");
    }

    private void route(String path, Question question) {
        server.createContext(path, exchange -> {
            try (exchange) {
                send(exchange, answer(exchange, path, question));
            }
        });
    }

    private static Answer answer(HttpExchange exchange, String path, Question question) throws IOException {
        // A context also gets requests for all paths that begin with its own.
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return new Answer(404, "text/plain", "not found\n");
        }
        if (!exchange.getRequestMethod().equals("GET")) {
            return new Answer(405, "text/plain", "GET only\n");
        }
        return question.answer();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
