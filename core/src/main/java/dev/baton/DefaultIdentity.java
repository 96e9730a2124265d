package dev.baton;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Identity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** The identity of a candidate without a configured one: the host name and a random suffix. */
final class DefaultIdentity {
    private DefaultIdentity() {}

    static String of(UUID random, BackendRuntime runtime) {
        String suffix = "-" + random.toString().substring(0, 8);
        String host = hostName(runtime).replaceAll("[\\p{Cntrl}\\s]", "");
        int room = Identity.MAX_LENGTH - suffix.length();
        return (host.length() > room ? host.substring(0, room) : host) + suffix;
    }

    private static String hostName(BackendRuntime runtime) {
        String host = System.getenv("HOSTNAME");
        if (host != null && !host.isBlank()) {
            return host;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            runtime.logger(LeaderElection.class).debug("this host has no name", e);
            return "candidate";
        }
    }
}
