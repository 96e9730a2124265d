package dev.baton.zookeeper;

import dev.baton.spi.Printable;
import dev.baton.spi.Secrets;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.zookeeper.client.ConnectStringParser;
import org.jspecify.annotations.Nullable;

/**
 * The address of a ZooKeeper ensemble, {@code host:port,host:port}, with an optional {@code /chroot} at the end: the node
 * below which all paths are.
 */
public final class ConnectString {
    /** A host's name must not have underscores, but systems resolve such names, and so does the client. */
    private static final Pattern HOST = Pattern.compile("[\\p{L}\\p{N}._:%-]+");

    private static final Pattern USER_INFO = Pattern.compile("^[^/]*@|@[^/@]*:[0-9]");

    private ConnectString() {}

    /**
     * Rejects addresses that ZooKeeper's own client would accept and then never connect to: no server, a server without a
     * name, an impossible port.
     *
     * @return {@code text}
     * @throws IllegalArgumentException with the address, the rule that it breaks and the way out
     */
    public static String check(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("ZooKeeper's address must not be blank; write host:port,host:port, for"
                    + " example \"localhost:2181\"");
        }
        // A chroot may have an @ as well, but none that a port follows.
        if (USER_INFO.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "ZooKeeper's address \"" + Secrets.hideUserInfo(text)
                            + "\" must have no user info: it would not be used; write host:port, and authorize the client apart");
        }
        List<InetSocketAddress> servers;
        try {
            servers = new ConnectStringParser(text).getServerAddresses();
        } catch (IllegalArgumentException e) {
            throw malformed(text, e);
        }
        boolean fit = !servers.isEmpty()
                && servers.stream()
                        .allMatch(server -> server.getPort() > 0
                                && HOST.matcher(server.getHostString()).matches());
        if (!fit) {
            throw malformed(text, null);
        }
        return text;
    }

    private static IllegalArgumentException malformed(String text, @Nullable IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "ZooKeeper's address \"" + Printable.value(text)
                        + "\" must be host:port,host:port with an optional /path at the end, ports"
                        + " between 1 and 65535, an IPv6 address in brackets, as in [::1]:2181",
                cause == null ? null : Printable.failure(cause));
    }

    /** The chroot at the end of {@code text}, or null if there is none. */
    static @Nullable String chroot(String text) {
        return new ConnectStringParser(text).getChrootPath();
    }

    /** The message for a chroot that does not exist, or null if {@code text} has none. */
    public static @Nullable String withoutChroot(String text) {
        String chroot = chroot(text);
        return chroot == null
                ? null
                : "ZooKeeper at " + text + " has no node " + chroot
                        + ", the chroot at the end of this address; create it" + " in zkCli.sh with: create " + chroot
                        + "; or correct the address";
    }
}
