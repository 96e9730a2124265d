package dev.baton.testing.servers.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder by which the commands find the control plane that is up, and the socket in it by which they speak to it. */
record Home(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(Home.class);
    /** An answer that begins with this says what is wrong. */
    private static final String WRONG = "!";

    /**
     * Makes it, or takes the one that is there.
     *
     * @throws Refusal if {@code folder} has files of somebody else's, which would be hidden from others or deleted
     */
    static Home make(Path folder) throws IOException {
        Files.createDirectories(folder);
        Home home = new Home(folder);
        if (!home.isOurs() && !home.isEmpty()) {
            throw new Refusal(
                    folder + " has files in it that are no control plane's; name an empty folder, or a new one");
        }
        // It holds the administrator's token.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return home;
    }

    /** Whether a control plane has been up in it, of which the log stays, or is being brought up. */
    private boolean isOurs() {
        return Files.exists(log()) || Files.exists(lock());
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /**
     * Keeps others from bringing one up here until the result is closed; the system closes it with the JVM.
     *
     * @throws Refusal if another does at this moment
     */
    FileChannel lockForStart() throws IOException {
        FileChannel channel = FileChannel.open(lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new Refusal("a control plane is being brought up already; wait, or end that");
        }
        return channel;
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

    private Path lock() {
        return folder.resolve("lock");
    }

    /** Deletes what a control plane that has ended left there, but for its log; nothing where none ever was. */
    void clear() throws IOException {
        if (!isOurs()) {
            return;
        }
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
