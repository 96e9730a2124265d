package dev.baton.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The resource that the leader writes to: one value, guarded by the greatest token it has seen.
 *
 * <p>Each request is a line {@code token identity counter checkedAt}; the answer is {@code accepted} or {@code refused}
 * and the greatest token, followed by {@code overwritten-unguarded} if the write overwrote newer data in the unguarded
 * value. Beside the guarded value the ledger keeps an unguarded one, which takes every write: it proves that a write
 * that the guard refuses would have done harm.
 */
final class Ledger implements AutoCloseable {
    private final ServerSocket server;
    private final Consumer<Fact> journal;
    private String greatest = "";
    private String unguarded = "";

    private Ledger(ServerSocket server, Consumer<Fact> journal) {
        this.server = server;
        this.journal = journal;
    }

    /** Listens on a free loopback port and records every write in {@code journal}. */
    static Ledger open(Consumer<Fact> journal) throws IOException {
        Ledger ledger = new Ledger(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()), journal);
        daemon("ledger", ledger::accept).start();
        return ledger;
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                daemon("ledger-client", () -> serve(client)).start();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    journal.accept(Fact.now("ledger-trouble", Fact.DEMO).with("detail", String.valueOf(e)));
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                PrintWriter out = new PrintWriter(client.getOutputStream(), true, StandardCharsets.US_ASCII)) {
            client.setTcpNoDelay(true);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(write(line.split(" ", 4)));
            }
        } catch (IOException e) {
            // The connection of a killed candidate ends so.
            journal.accept(Fact.now("ledger-disconnected", Fact.DEMO).with("detail", String.valueOf(e)));
        }
    }

    /** Decides one write at a time, and records writes in the order of the decisions. */
    private synchronized String write(String[] request) {
        String token = request[0];
        Fact fact = Fact.now("ledger-accepted", request[1])
                .with("token", token)
                .with("counter", Long.valueOf(request[2]))
                .with("checkedAt", Long.valueOf(request[3]));
        boolean overwritesNewer = token.compareTo(unguarded) < 0;
        unguarded = token;
        if (token.compareTo(greatest) < 0) {
            journal.accept(fact.with("type", "ledger-refused")
                    .with("greatest", greatest)
                    .with("unguardedOverwritten", overwritesNewer));
            return "refused " + greatest + (overwritesNewer ? " overwritten-unguarded" : "");
        }
        greatest = token;
        journal.accept(fact);
        return "accepted";
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "demo-" + name);
        thread.setDaemon(true);
        return thread;
    }
}
