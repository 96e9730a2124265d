package dev.baton.testing.servers.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder by which the commands find the control plane that is up, and the socket in it by which they speak to it. */
record Home(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(Home.class);
    /** An answer that begins with this says what is wrong. */
    private static final String WRONG = "!";

    static Home make(Path folder) throws IOException {
        Files.createDirectories(folder);
        // It holds the administrator's token.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return new Home(folder);
    }

    Path log() {
        return folder.resolve("log");
    }

    Path processes() {
        return folder.resolve("processes");
    }

    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    Path candidateKubeconfig() {
        return folder.resolve("kubeconfig-candidate");
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    /** Deletes what a control plane that has ended left there, but for its log. */
    void clear() throws IOException {
        for (Path file : List.of(socket(), processes(), kubeconfig(), candidateKubeconfig())) {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Sends a line to the control plane and returns what it answers.
     *
     * @throws Refusal with its words, if it cannot do that
     * @throws IOException if none is up
     */
    String ask(String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            Channels.newOutputStream(channel).write((line + "\n").getBytes(StandardCharsets.UTF_8));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (answer.isEmpty()) {
                throw new IOException("the control plane ended before it answered");
            }
            if (answer.startsWith(WRONG)) {
                throw new Refusal(answer.substring(WRONG.length()));
            }
            return answer;
        }
    }

    /** Answers what is asked, one at a time, until the JVM ends; what {@code answer} throws is what is wrong. */
    void serve(UnaryOperator<String> answer) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    answer(channel, answer);
                } catch (IOException e) {
                    LOG.info("whoever asked has gone", e);
                }
            }
        }
    }

    private static void answer(SocketChannel channel, UnaryOperator<String> answer) throws IOException {
        String line = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
        String said;
        try {
            said = line == null ? "" : answer.apply(line);
        } catch (RuntimeException e) {
            LOG.info("{} was refused", line, e);
            said = WRONG + e.getMessage();
        }
        Channels.newOutputStream(channel).write(said.getBytes(StandardCharsets.UTF_8));
    }

    /** The control plane cannot do what it was asked to; the message is a sentence. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }
}
