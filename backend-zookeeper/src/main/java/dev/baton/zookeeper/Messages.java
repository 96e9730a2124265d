package dev.baton.zookeeper;

import dev.baton.internal.Linkage;
import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import java.time.Duration;
import org.apache.zookeeper.KeeperException;

/** What operators read: one sentence for each kind of failure of ZooKeeper. */
final class Messages {
    private final Settings settings;

    Messages(Settings settings) {
        this.settings = settings;
    }

    BackendException unreachable() {
        return new BackendException("ZooKeeper at " + settings.connectString() + " is not reachable; retrying");
    }

    BackendException late(String what) {
        return new BackendException("ZooKeeper at " + settings.connectString() + " timed out while trying to " + what
                + "; the outcome is unknown");
    }

    BackendException closed() {
        return new BackendException("the ZooKeeper backend is closed");
    }

    BackendException sessionLost() {
        return new BackendException("the session with ZooKeeper at " + settings.connectString()
                + " ended while the request was under way; a new one is being opened");
    }

    BackendException sessionNotYetEnded(long sessionId) {
        return new BackendException("session 0x" + Long.toHexString(sessionId) + " with ZooKeeper at "
                + settings.connectString() + " may still be alive there; it is being ended");
    }

    BackendException credentialsRejected() {
        return new BackendException("ZooKeeper at " + settings.connectString()
                + " rejected the credentials of this client; correct its SASL login or authorization, and Baton connects by"
                + " itself");
    }

    BackendException timeoutTooShort(Duration leaseDuration, Duration negotiated) {
        return new BackendException("ZooKeeper at " + settings.connectString() + " grants a session timeout of "
                + ElectionTiming.text(negotiated) + " where leaseDuration " + ElectionTiming.text(leaseDuration)
                + " was asked for (servers allow 2 to 20 of their ticks unless minSessionTimeout and maxSessionTimeout"
                + " say otherwise); lower leaseDuration or raise maxSessionTimeout");
    }

    BackendException overflown(String path) {
        return new BackendException("the sequence numbers of " + path
                + " are used up (2147483647 candidates since it was created); stop every candidate, delete it, and"
                + " start them again");
    }

    /** A create makes all missing parents, so NONODE means that the chroot does not exist. */
    private BackendException missing(String path) {
        String withoutChroot = ConnectString.withoutChroot(settings.connectString());
        return new BackendException(
                withoutChroot == null
                        ? "ZooKeeper at " + settings.connectString() + " answered NONODE for " + path + "; retrying"
                        : withoutChroot);
    }

    /** No client could be opened: a class is missing, or the user's settings threw. */
    BackendException unopened(Throwable why) {
        return new BackendException(
                "no client for ZooKeeper at " + settings.connectString() + " could be opened: "
                        + Printable.text(Linkage.describe(why)) + "; retrying",
                Printable.failure(why));
    }

    /** Returns the failure of a request on {@code path}. */
    BackendException failed(KeeperException.Code code, String path) {
        return switch (code) {
            case NOAUTH, INVALIDACL ->
                new BackendException("ZooKeeper at " + settings.connectString()
                        + " denies access to " + path + " (" + code
                        + "); this client needs CREATE, READ, WRITE and DELETE on " + settings.basePath()
                        + " and below");
            case CONNECTIONLOSS, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT -> unreachable();
            case SESSIONEXPIRED -> sessionLost();
            case AUTHFAILED -> credentialsRejected();
            case NONODE -> missing(path);
            default ->
                new BackendException("ZooKeeper at " + settings.connectString() + " answered " + code + " for " + path
                        + "; retrying");
        };
    }
}
