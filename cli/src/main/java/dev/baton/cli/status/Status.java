package dev.baton.cli.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one read of a store.
 *
 * @param backend the backend in the arguments
 * @param address the store's address
 * @param time the time of the read, by the clock of the ages
 * @param elections the named elections, or those found
 * @param members the members of the store; null where the command does not read them
 * @param warnings warnings on the store as a whole, a sentence each
 */
record Status(
        String backend,
        String address,
        Instant time,
        List<Election> elections,
        @Nullable List<? extends Member> members,
        List<String> warnings) {

    /** Whether an election has a leader. */
    enum State {
        /** The election has a leader. */
        LED,
        /** The record has a holder that has not renewed it in time. */
        EXPIRED,
        /** The record has no holder. */
        VACANT,
        /** The store has no such election. */
        ABSENT,
        /** The store cannot answer now, or its answer cannot be read. */
        UNKNOWN
    }

    /**
     * One election.
     *
     * @param name its name, as given or found
     * @param holder the record's holder, even if its lease has expired; null for none
     * @param since when the holder's term began, by its own clock; null if unknown
     * @param renewed when the holder last renewed; null if the store does not record it
     * @param leaseDuration how long the holder may then be silent; null if the store does not record it
     * @param transitions the number of changes of holder; null if the store does not record it
     * @param token the number of the holder's fencing token, without its epoch; null if unknown
     * @param inLine the candidates in line, the holder first; null if the store does not record them
     * @param remarks remarks on oddities, a sentence each
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

        /** An election without a leader, with a {@code remark}. */
        static Election without(String name, State state, String remark) {
            return new Election(name, state, null, null, null, null, null, null, null, List.of(remark));
        }
    }

    /**
     * One candidate in line.
     *
     * @param identity the candidate's identity
     * @param key its key or path in the store
     * @param token the number of the token that it would get
     * @param since when it joined the line, by the store's clock; null if the store does not record it
     */
    record Place(
            String identity,
            String key,
            long token,
            @Nullable Instant since) {}

    /** A server of the store. */
    sealed interface Member permits EtcdMember, ZooKeeperMember {
        /** Its name in messages. */
        String title();

        /** Its role, in a word. */
        String role();
    }

    /**
     * A member of an etcd cluster.
     *
     * @param id in lower-case hexadecimal, as etcdctl prints it
     * @param address the address of the query
     * @param reachable whether it answered; if not, the rest is null
     * @param dbSize the size of its database in bytes
     * @param raftIndex the index of the last entry in its log
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
     * @param state leader, follower, observer, standalone; otherwise the fault
     * @param reachable whether it answered; if not, the rest is null
     * @param zxid the id of its last transaction, in hexadecimal
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
