package dev.baton.testing.servers;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Free ports of 127.0.0.1, from below those that the system gives to outgoing connections. */
final class Ports {
    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);
    private static final int FIRST = 12_000;
    private static final int BEYOND_LAST = 32_000;
    private static final int TRIES = 10_000;
    private static final int START_ATTEMPTS = 3;

    private Ports() {}

    /** Different ports that were free a moment ago; whoever finds one taken asks again. */
    static List<Integer> free(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        for (int i = 0; i < TRIES && ports.size() < count; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND_LAST);
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IOException("found " + ports.size() + " free ports from " + FIRST + " to " + BEYOND_LAST
                    + " and need " + count);
        }
        return new ArrayList<>(ports);
    }

    /** Starts something on ports that were free a moment ago. */
    interface Start<T> {
        /**
         * Starts it.
         *
         * @throws BindException if others took a port meanwhile; nothing is left running then
         */
        T attempt() throws IOException;
    }

    /** Starts it, and on others where a port was taken, three times at most. */
    static <T> T onFree(Start<T> start) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return start.attempt();
            } catch (BindException e) {
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
                LOG.info("starting again on other ports: {}", e.getMessage());
            }
        }
    }

    /** A port of 127.0.0.1, and never of ::1; 0 stands for any. */
    static InetSocketAddress loopback(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /** Whether this machine has the loopback address of IPv6. */
    static boolean hasIpv6() {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(loopback), 0));
            return true;
        } catch (IOException e) {
            LOG.debug("no loopback address of IPv6", e);
            return false;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(loopback(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
