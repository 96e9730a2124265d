package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One member of the cluster: what it knows, and what it believes. */
final class Member {
    private final String endpoint;
    private final double rate;
    /** By lease, when it ends, in true time: kept by a leader, or by one that does not know that it leads no more. */
    private final Map<Long, Long> ends = new TreeMap<>();

    private final List<Runnable> waiting = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();
    private boolean cut;
    private boolean leads;
    private boolean leaderless;
    private long term = 1;
    private long termBefore = 1;
    private long termSince;
    private @Nullable Keys known;

    /** @param rate how much faster than true time its clock runs, as a relative error */
    Member(String endpoint, double rate) {
        this.endpoint = endpoint;
        this.rate = rate;
    }

    String endpoint() {
        return endpoint;
    }

    /** How long, in true time, its clock takes for {@code nanos}. */
    long byItsClock(long nanos) {
        return (long) (nanos / (1 + rate));
    }

    /** Whether no packet passes between it and the others. */
    boolean isCut() {
        return cut;
    }

    /** @param keys what it knows as they are now, for as long as it is cut off */
    void cut(Keys keys) {
        cut = true;
        known = keys.copy();
    }

    void rejoin() {
        cut = false;
        leaderless = false;
    }

    /** Whether it takes itself for the leader. */
    boolean leads() {
        return leads;
    }

    void leads(boolean value) {
        leads = value;
        ends.clear();
    }

    /** Whether it has noticed that it has no leader. */
    boolean isLeaderless() {
        return leaderless;
    }

    void noticeNoLeader() {
        leaderless = true;
        List<Stream> ended = List.copyOf(streams);
        streams.clear();
        ended.forEach(stream -> stream.end(new Failure(Failure.Kind.NO_LEADER, "etcdserver: no leader")));
    }

    void noticeLeader() {
        leaderless = false;
    }

    Map<Long, Long> ends() {
        return ends;
    }

    /** The term of the last entry that it has applied. */
    long appliedTerm(long now) {
        return now >= termSince ? term : termBefore;
    }

    void applies(long newTerm, long since, long now) {
        termBefore = appliedTerm(now);
        term = newTerm;
        termSince = since;
    }

    /** What it has applied, where the cluster has agreed on {@code keys}. */
    Keys known(Keys keys) {
        return cut && known != null && known.revision() < keys.revision() ? known : keys;
    }

    // -- what waits for a leader ----------------------------------------------------------------------------------

    void await(Runnable request) {
        waiting.add(request);
    }

    void goOn() {
        List<Runnable> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(Runnable::run);
    }

    void forgetWaiting() {
        waiting.clear();
    }

    // -- watches --------------------------------------------------------------------------------------------------

    void add(Stream stream) {
        streams.add(stream);
    }

    void remove(Stream stream) {
        streams.remove(stream);
    }

    void eachStream(Consumer<Stream> then) {
        List.copyOf(streams).forEach(then);
    }

    @Override
    public String toString() {
        return endpoint;
    }
}
