package dev.baton.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A relay before a server, on which what one side says can be lost before the connection is. */
final class Relay {
    private final int target;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile int losingRequests;
    private volatile int losingAnswers;

    Relay(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** On the connections that there are; new ones lose nothing. */
    void loseRequests() {
        losingRequests = accepted.get();
    }

    /** On the connections that there are; new ones lose nothing. */
    void loseAnswers() {
        losingAnswers = accepted.get();
    }

    /** What was lost so far contains this. */
    boolean hasLost(String text) {
        return String.join("", lost).contains(text);
    }

    /** Cuts all connections. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    void close() throws IOException {
        listener.close();
        cut();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(server);
            int number = accepted.incrementAndGet();
            start("requests", () -> pass(client, server, () -> number <= losingRequests));
            start("answers", () -> pass(server, client, () -> number <= losingAnswers));
        }
    }

    private void pass(Socket from, Socket to, BooleanSupplier loses) throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (loses.getAsBoolean()) {
                lost.add(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            } else {
                out.write(buffer, 0, read);
                out.flush();
            }
        }
        from.close();
        to.close();
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "relay-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }
}
