package dev.baton.etcd;

import dev.baton.etcd.internal.Failure;
import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import java.time.Duration;

/** What operators read: one sentence for each kind of failure of etcd. */
final class Messages {
    private final Settings settings;

    Messages(Settings settings) {
        this.settings = settings;
    }

    BackendException unreachable() {
        return new BackendException("etcd at " + settings.address() + " is not reachable; retrying");
    }

    BackendException late(String what) {
        return new BackendException(
                "etcd at " + settings.address() + " timed out while trying to " + what + "; the outcome is unknown");
    }

    BackendException closed() {
        return new BackendException("the etcd backend is closed");
    }

    BackendException leaseNotYetRevoked(long lease) {
        return new BackendException("lease " + Long.toHexString(lease) + " at etcd at " + settings.address()
                + " may still be alive; it is being revoked");
    }

    BackendException nested(ElectionName election, String key) {
        return new BackendException(
                "the key " + Printable.value(key) + " belongs to an election whose name begins with that of " + election
                        + ", and each would count the other's candidates as its own; rename one of them");
    }

    BackendException taken(String key) {
        return new BackendException(
                "the key " + Printable.value(key) + " carries the ID of this process's lease and was written by"
                        + " another client; delete it with: etcdctl del " + Printable.value(key));
    }

    String shortest(Duration asked, Duration granted) {
        return "etcd at " + settings.address() + " grants no lease shorter than " + ElectionTiming.text(granted)
                + ", so elections with leaseDuration " + ElectionTiming.text(asked) + " fail over after "
                + ElectionTiming.text(granted)
                + "; raise leaseDuration to that, or lower the servers' election-timeout";
    }

    BackendException unsafe(String endpoint, String version, String reason) {
        return new BackendException("etcd " + version + " at " + endpoint + " is not safe to elect leaders on: "
                + reason + "; upgrade to 3.5.23, 3.6.5 or later, or accept it with allowUnsafeServers(true)");
    }

    String allowed(String endpoint, String version, String reason) {
        return "etcd " + Printable.value(version) + " at " + endpoint + " is known to misbehave: " + reason
                + "; upgrade it";
    }

    /** Returns the failure of a request on {@code what}. */
    BackendException failed(Failure why, String what) {
        String at = "etcd at " + settings.address();
        return switch (why.kind()) {
            case UNKNOWN -> new BackendException(at + " is not reachable; retrying (" + why.detail() + ")");
            case NO_LEADER ->
                new BackendException(at + " has no leader, as when most of its members are down; retrying");
            case UNTRUSTED ->
                new BackendException(at + " could not be trusted over TLS (" + why.detail()
                        + "); check that its addresses begin with https, that sslContext trusts the authority of its"
                        + " certificate, and that the certificate names the host");
            case CREDENTIALS ->
                new BackendException(at + " rejected the credentials of this client (" + why.detail()
                        + "); correct user and password, and Baton connects by itself");
            case STALE_TOKEN ->
                new BackendException(
                        at + " does not accept the token of this client any more;" + " authenticating again");
            case PERMISSION ->
                new BackendException(at + " denies access to " + what
                        + "; this client's user needs readwrite permission"
                        + " on the prefix " + settings.prefix() + ": etcdctl role grant-permission <role> readwrite"
                        + " --prefix=true " + settings.prefix());
            case LEASE_NOT_FOUND -> new BackendException("the lease at " + at + " has ended; another is being granted");
            case NO_SPACE ->
                new BackendException(
                        at + " has no space left (alarm NOSPACE) and takes no writes; compact and defragment"
                                + " it, or raise its quota, then: etcdctl alarm disarm");
            case COMPACTED, REFUSED ->
                new BackendException(at + " answered \"" + why.detail() + "\" for " + what + "; retrying");
        };
    }
}
