package dev.baton.testing.servers;

import java.time.Duration;
import java.util.Locale;

/** What can become of an etcd cluster, of the ways to it, and of the keys in it; {@link FaultyEtcd} makes it happen. */
public enum EtcdFault {
    /** The member that leads is killed, and started again. */
    LEADER_KILLED,
    /** The member that leads is stopped with SIGSTOP, and continued. */
    LEADER_STOPPED,
    /** A member that follows is killed, and started again. */
    FOLLOWER_KILLED,
    /** Two of three members are killed, by turns with the leader among them and without, and started again. */
    QUORUM_LOST,
    /** One of the two members of a cluster is killed, by turns the leader and the other, and started again. */
    ONE_OF_TWO_KILLED,
    /** The members are told to have another leader. */
    LEADER_MOVED,
    /** All revisions are compacted away, and every member is defragmented. */
    COMPACTED,
    /** The leaders' leases are revoked by hand. */
    LEASE_REVOKED(true),
    /** The same, while these leaders are cut off. */
    LEASE_REVOKED_BEHIND_A_BLACK_HOLE(true),
    /** The leaders' keys are deleted by hand. */
    KEY_DELETED(true),
    /** The same, while these leaders are cut off. */
    KEY_DELETED_BEHIND_A_BLACK_HOLE(true),
    /** The disks of the leader and of another member, or of that one alone by turns, take long to sync. */
    DISK_SLOW,
    /** Connections are cut until their watches ask for what was compacted away. */
    WATCH_COMPACTED,
    /** Connections stay open and nothing passes through them. */
    BLACK_HOLE,
    /** The token with which a user has authenticated expires, two seconds after it was made out. */
    TOKEN_EXPIRED,
    /** The database is full, alarm NOSPACE, and is emptied again. */
    NO_SPACE;

    /** How long a token lasts. */
    static final Duration TOKEN_LIFE = Duration.ofSeconds(2);

    private final boolean byHand;

    EtcdFault() {
        this(false);
    }

    EtcdFault(boolean byHand) {
        this.byHand = byHand;
    }

    /** Whether somebody other than its holder and the store's own expiry ends a live claim, so that two may lead. */
    public boolean isByHand() {
        return byHand;
    }

    /** Whether it is the candidates that go one of the two ways that meet with it, and the others do not. */
    public boolean isOfOneWay() {
        return switch (this) {
            case LEASE_REVOKED_BEHIND_A_BLACK_HOLE, KEY_DELETED_BEHIND_A_BLACK_HOLE, WATCH_COMPACTED, BLACK_HOLE ->
                true;
            default -> false;
        };
    }

    /** Whether there is something to heal: it is over, otherwise, as soon as it has happened. */
    public boolean lasts() {
        return switch (this) {
            case LEADER_MOVED, COMPACTED, LEASE_REVOKED, KEY_DELETED -> false;
            default -> true;
        };
    }

    /** How long it must last to have happened at all. */
    public Duration least() {
        return this == TOKEN_EXPIRED ? TOKEN_LIFE : Duration.ZERO;
    }

    int members() {
        return this == ONE_OF_TWO_KILLED ? 2 : 3;
    }

    /** {@code leader-killed}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
