package dev.baton.testing.servers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a ZooKeeper server says of itself.
 *
 * @param zxid the last it has seen; its upper half numbers the leaderships
 */
record ServerStatus(Role role, long zxid) {
    private static final Logger LOG = LoggerFactory.getLogger(ServerStatus.class);
    private static final int ANSWER_MILLIS = 1_000;
    private static final Pattern MODE = Pattern.compile("^Mode: (\\w+)$", Pattern.MULTILINE);
    private static final Pattern ZXID = Pattern.compile("^Zxid: 0x([0-9a-f]+)$", Pattern.MULTILINE);

    enum Role {
        STANDALONE,
        LEADER,
        FOLLOWER,
        OTHER;

        boolean decides() {
            return this == STANDALONE || this == LEADER;
        }

        private static Role of(String mode) {
            return switch (mode) {
                case "standalone" -> STANDALONE;
                case "leader" -> LEADER;
                case "follower" -> FOLLOWER;
                default -> OTHER;
            };
        }
    }

    /** The number of the leadership under which the server last saw a change. */
    long epoch() {
        return zxid >>> 32;
    }

    /** Asks the server at {@code client}; empty if it does not serve, or does not answer within a second. */
    static Optional<ServerStatus> of(InetSocketAddress client) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(client, ANSWER_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.trace("{} does not answer", client, e);
            return Optional.empty();
        }
    }

    static Optional<ServerStatus> parse(String answer) {
        Matcher mode = MODE.matcher(answer);
        Matcher zxid = ZXID.matcher(answer);
        if (!mode.find() || !zxid.find()) {
            return Optional.empty();
        }
        return Optional.of(new ServerStatus(Role.of(mode.group(1)), Long.parseUnsignedLong(zxid.group(1), 16)));
    }
}
