package dev.baton.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whose a TCP connection between IPv4 addresses is on this machine, as Linux tells in {@code /proc}. */
final class SocketOwner {
    /** Of sockets that speak IPv4 only, and of those that speak both; with what the latter put before an address. */
    private static final Map<Path, String> CONNECTIONS =
            Map.of(Path.of("/proc/net/tcp"), "", Path.of("/proc/net/tcp6"), "0000000000000000FFFF0000");

    // The columns of these files.
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private SocketOwner() {}

    /** Whether process {@code pid} has the end {@code local} of the connection to {@code remote}. */
    static boolean isProcess(long pid, InetSocketAddress local, InetSocketAddress remote) {
        try {
            for (Map.Entry<Path, String> connections : CONNECTIONS.entrySet()) {
                String prefix = connections.getValue();
                Optional<String> inode = inode(connections.getKey(), prefix + column(local), prefix + column(remote));
                if (inode.isPresent()) {
                    return hasOpen(pid, "socket:[" + inode.get() + "]");
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> inode(Path connections, String from, String to) throws IOException {
        try (Stream<String> lines = Files.lines(connections)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(columns ->
                            columns.length > INODE && columns[LOCAL].equals(from) && columns[REMOTE].equals(to))
                    .map(columns -> columns[INODE])
                    .findFirst();
        }
    }

    /** {@code 0100007F:1F90} for 127.0.0.1:8080: the address is one number in the byte order of the processor. */
    private static String column(InetSocketAddress end) {
        byte[] address = end.getAddress().getAddress();
        return String.format(
                Locale.ROOT, "%02X%02X%02X%02X:%04X", address[3], address[2], address[1], address[0], end.getPort());
    }

    private static boolean hasOpen(long pid, String what) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files) {
                if (isLink(file, what)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            // The process has ended.
            return false;
        }
    }

    private static boolean isLink(Path file, String what) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString().equals(what);
        } catch (NoSuchFileException e) {
            // It was closed meanwhile.
            return false;
        }
    }
}
