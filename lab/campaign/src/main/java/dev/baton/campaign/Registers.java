package dev.baton.campaign;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Two registers that leaders read and write over HTTP: one that compares tokens, and refuses a call that carries a smaller
 * one than it has seen, and one that does not care.
 *
 * <p>{@code GET /fenced?token=42} reads, {@code POST /fenced?token=42&value=7} writes; 409 says no. Safe for use by many
 * threads.
 */
final class Registers implements AutoCloseable {
    private static final int OK = 200;
    private static final int CONFLICT = 409;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "registers");
        thread.setDaemon(true);
        return thread;
    });
    private final Cell fenced = new Cell(true);
    private final Cell unfenced = new Cell(false);

    /** A write that took effect. */
    record Applied(@Nullable Long token, long value) {}

    private Registers(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/fenced", exchange -> answer(exchange, fenced));
        server.createContext("/unfenced", exchange -> answer(exchange, unfenced));
    }

    static Registers start() throws IOException {
        Registers registers =
                new Registers(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        registers.server.start();
        return registers;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What took effect in the register that compares tokens, in that order. */
    List<Applied> fencedHistory() {
        return fenced.history();
    }

    private static void answer(HttpExchange exchange, Cell cell) throws IOException {
        try (exchange) {
            Map<String, Long> query = query(exchange.getRequestURI().getQuery());
            Long value = cell.call(query.get("token"), query.get("value"));
            byte[] body = String.valueOf(value).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(value == null ? CONFLICT : OK, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Map<String, Long> query(@Nullable String text) {
        Map<String, Long> query = new HashMap<>();
        for (String part : (text == null ? "" : text).split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                query.put(part.substring(0, equals), Long.valueOf(part.substring(equals + 1)));
            }
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static final class Cell {
        private final boolean compares;
        private final List<Applied> history = new ArrayList<>();
        private long value;
        private long greatest;

        Cell(boolean compares) {
            this.compares = compares;
        }

        /** The value, or null when the token is too small. */
        synchronized @Nullable Long call(@Nullable Long token, @Nullable Long next) {
            if (compares && token != null) {
                if (token < greatest) {
                    return null;
                }
                greatest = token;
            }
            if (next != null) {
                value = next;
                history.add(new Applied(token, next));
            }
            return value;
        }

        synchronized List<Applied> history() {
            return List.copyOf(history);
        }
    }
}
