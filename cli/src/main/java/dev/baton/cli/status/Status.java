package dev.baton.cli.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a store told.
 *
 * @param backend what was asked for
 * @param address where it is
 * @param time of the look, by the clock that ages are counted by
 * @param elections that were asked for, or found
 * @param members of the store itself; null where that is none of ours to look at
 * @param warnings on the store as a whole, a sentence each
 */
record Status(
        String backend,
        String address,
        Instant time,
        List<Election> elections,
        @Nullable List<? extends Member> members,
        List<String> warnings) {

    /** Whether somebody leads. */
    enum State {
        /** Somebody does. */
        LED,
        /** The record names somebody who has not renewed it in time. */
        EXPIRED,
        /** Nobody is named. */
        VACANT,
        /** The store knows nothing of such an election. */
        ABSENT,
        /** The store cannot tell now, or what it tells cannot be read. */
        UNKNOWN
    }

    /**
     * One election.
     *
     * @param name as it was asked for, or found
     * @param holder whom the record names, whether that counts or not; null for nobody
     * @param since when the holder's term began, by its own clock; null where nothing tells
     * @param renewed when the holder last showed that it was alive; null where the store does not know
     * @param leaseDuration how long it may then be silent; null where the store does not know
     * @param transitions how often the holder has changed; null where the store does not know
     * @param token the number of the holder's fencing token, without its epoch; null where nothing tells
     * @param inLine who would lead, the holder first; null where the store does not know
     * @param remarks what is odd, a sentence each
     */
    record Election(
            String name,
            State state,
            @Nullable String holder,
            @Nullable Instant since,
            @Nullable Instant renewed,
            @Nullable Duration leaseDuration,
            @Nullable Integer transitions,
            @Nullable Long token,
            @Nullable List<Place> inLine,
            List<String> remarks) {

        /** Nobody leads, and no more is to be told than {@code remark}. */
        static Election without(String name, State state, String remark) {
            return new Election(name, state, null, null, null, null, null, null, null, List.of(remark));
        }
    }

    /**
     * One candidate in line.
     *
     * @param identity as it calls itself
     * @param key where it stands, in the store's own words
     * @param token the number of the token that it would have
     * @param since when it joined the line, by the store's clock; null where the store does not know
     */
    record Place(
            String identity,
            String key,
            long token,
            @Nullable Instant since) {}

    /** A server of the store. */
    sealed interface Member permits EtcdMember, ZooKeeperMember {
        /** What sets it apart in a sentence. */
        String title();

        /** What it is to the others, in a word. */
        String role();
    }

    /**
     * A member of an etcd cluster.
     *
     * @param id in lower-case hexadecimal, as etcdctl prints it
     * @param address at which it was asked, or would have been
     * @param reachable whether it answered; if not, the rest is null
     * @param dbSize in bytes
     * @param raftIndex of the last entry in its log
     * @param learner whether it has no vote
     */
    record EtcdMember(
            String id,
            String name,
            String address,
            boolean reachable,
            @Nullable String version,
            @Nullable Long dbSize,
            boolean leader,
            @Nullable Long raftIndex,
            boolean learner)
            implements Member {
        @Override
        public String title() {
            return (name.isEmpty() ? id : name) + " (" + address + ")";
        }

        @Override
        public String role() {
            return !reachable ? "unreachable" : leader ? "leader" : learner ? "learner" : "follower";
        }
    }

    /**
     * A server of a ZooKeeper ensemble.
     *
     * @param state leader, follower, observer, standalone; what hinders it otherwise
     * @param reachable whether it answered; if not, the rest is null
     * @param zxid the last change that it has seen, in hexadecimal
     */
    record ZooKeeperMember(
            String address,
            boolean reachable,
            String state,
            @Nullable String version,
            @Nullable String zxid) implements Member {
        @Override
        public String title() {
            return address;
        }

        @Override
        public String role() {
            return state;
        }

        /** Whether it is in a quorum. */
        boolean serves() {
            return state.equals("leader")
                    || state.equals("follower")
                    || state.equals("observer")
                    || state.equals("standalone");
        }

        /** Whether it serves and has a vote. */
        boolean votes() {
            return serves() && !state.equals("observer");
        }
    }
}
