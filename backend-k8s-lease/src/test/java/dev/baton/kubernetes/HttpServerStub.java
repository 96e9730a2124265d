package dev.baton.kubernetes;

import dev.baton.spi.BackendThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A server that answers each path with what it is told, or not at all, and keeps every connection open. */
final class HttpServerStub implements AutoCloseable {
    final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ServerSocket server;
    private final UnaryOperator<String> answers;

    /** @param answers the answer to a request for the path that it is given, or "" for a black hole */
    HttpServerStub(UnaryOperator<String> answers) {
        this.answers = answers;
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        BackendThreads.daemon("stub", this::accept).start();
    }

    static String answer(int code, String body) {
        return "HTTP/1.1 " + code + " said\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    String url() {
        return "http://localhost:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                BackendThreads.daemon("stub-connection", () -> serve(socket)).start();
            }
        } catch (IOException e) {
            // Closed with the test.
            open.clear();
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String path = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("GET ")) {
                    path = line.substring(4, line.lastIndexOf(' '));
                } else if (line.isEmpty()) {
                    socket.getOutputStream().write(answers.apply(path).getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // The client has gone.
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
