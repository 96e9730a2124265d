package dev.baton.cli.demo;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An etcd of one member, a process of its own on loopback, with its data in a temporary directory. The guardian
 * recognises it by that directory, which is on its command line.
 */
final class LocalEtcd implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int LOG_TAIL = 3;

    private final Process process;
    private final String address;

    private LocalEtcd(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts the server, and returns when it serves.
     *
     * @param folder the folder to create
     * @throws IOException with the server's last output, if it does not serve
     */
    static LocalEtcd start(Path program, Path folder, Guardian guardian) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (int attempt = 1; ; attempt++) {
            Path log = folder.resolve("server-" + attempt + ".log");
            LocalEtcd etcd = launch(program, folder.resolve("data-" + attempt), log, guardian);
            if (etcd.serves()) {
                return etcd;
            }
            etcd.close();
            String said = Files.readString(log, StandardCharsets.UTF_8);
            // Another process may take the port between its choice and the bind.
            if (attempt == ATTEMPTS || !said.contains("address already in use")) {
                throw new IOException(program + " did not serve; it said last: " + tail(said));
            }
        }
    }

    private static LocalEtcd launch(Path program, Path data, Path log, Guardian guardian) throws IOException {
        String client;
        String peer;
        try (ServerSocket one = onLoopback();
                ServerSocket other = onLoopback()) {
            client = "http://127.0.0.1:" + one.getLocalPort();
            peer = "http://127.0.0.1:" + other.getLocalPort();
        }
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--name=demo",
                        "--data-dir=" + data,
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=demo=" + peer,
                        // The data is temporary: no need to wait for the disk.
                        "--unsafe-no-fsync"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        guardian.watch(process);
        return new LocalEtcd(process, client);
    }

    private static ServerSocket onLoopback() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    private boolean serves() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() - end < 0) {
            if (isHealthy()) {
                return true;
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
        return false;
    }

    private boolean isHealthy() throws IOException {
        HttpURLConnection asking =
                (HttpURLConnection) URI.create(address + "/health").toURL().openConnection();
        asking.setConnectTimeout(Math.toIntExact(PATIENCE.toMillis()));
        asking.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        try {
            return asking.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            // It does not listen yet, or has ended; the process shows which.
            return false;
        } finally {
            asking.disconnect();
        }
    }

    private static String tail(String said) {
        List<String> lines = said.lines().toList();
        return String.join(" / ", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    }

    /** Its URL. */
    String address() {
        return address;
    }

    /** Kills the server, whose data is not needed, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit()
                .completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
