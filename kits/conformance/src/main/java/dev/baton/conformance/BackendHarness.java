package dev.baton.conformance;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Opens a backend for the kit, and injects faults into its store.
 *
 * <p>Only {@link #name()} and {@link #open()} are abstract. Every other method either has a default that suits most
 * stores or {@linkplain Cannot throws a reason}: the kit then skips the tests that need it, with that reason, and the
 * report shows which rules stay unproved. The kit calls the methods from several threads; a fault of one instance must
 * not affect another.
 */
public interface BackendHarness {

    /** The backend's name in the report: {@code etcd}, {@code kubernetes lease}. */
    String name();

    /**
     * Opens another instance on the same store, as a process of its own would: on real clocks ({@link
     * dev.baton.spi.BackendRuntime#start}), with epoch 0, without a shutdown hook, sharing nothing with other
     * instances. The kit closes it.
     */
    LockBackend open() throws Exception;

    // -- limits -------------------------------------------------------------------------------------------------------

    /**
     * The shortest timing that works on the store and this machine; the kit waits for multiples of it. A shorter
     * leaseDuration makes the kit quicker, and unreliable on a busy machine that may stop for half of it.
     */
    default ElectionTiming timing() {
        return ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(200));
    }

    /**
     * How long a request may take on a store that answers. Calls to a silenced store get this deadline. Times {@link
     * Timeouts#factor()}.
     */
    default Duration callTimeout() {
        return Duration.ofSeconds(1);
    }

    /**
     * How long to wait for an event that must happen, on the slowest machine: only failures take this long. Times
     * {@link Timeouts#factor()}.
     */
    default Duration patience() {
        return Duration.ofSeconds(20);
    }

    /** The namespace of the kit's elections; it exists. */
    default String namespace() {
        return "conformance";
    }

    /** The packages of the backend's own code. By them the kit finds that code on threads that it must not block. */
    default Set<String> packages() {
        return Set.of(getClass().getPackageName());
    }

    // -- faults of one instance ---------------------------------------------------------------------------------------

    /**
     * Ends an instance as {@code kill -9} of its process does, as far as the store can tell: it sends no more requests
     * and releases no claim. {@link #heal} does not undo this; the kit still closes the object.
     */
    default void kill(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot end an instance without closing it");
    }

    /**
     * Makes the store silent to an instance until {@link #heal}: the store answers no request, resets no connection and
     * delivers no change. Requests sent meanwhile arrive on healing, as from a partitioned network or at a stopped
     * server.
     */
    default void silence(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store silent");
    }

    /**
     * Drops all that the store sends to an instance, until {@link #heal}: its requests arrive and take effect. The
     * instance is connected already.
     */
    default void loseAnswers(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot lose answers");
    }

    /** Makes every answer to an instance take {@code delay} at least, from the request's sending, until {@link #heal}. */
    default void slowDown(LockBackend backend, Duration delay) throws Exception {
        throw Cannot.because("the harness cannot slow the store down");
    }

    /** Drops all packets on the connections that an instance has, without a reset; new connections work. */
    default void strand(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot strand a connection");
    }

    /**
     * Makes the store refuse all writes of an instance, with the store's own error, until {@link #heal}: as when its
     * permission to write was revoked. It may read.
     */
    default void refuse(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse to write for one instance");
    }

    /**
     * Makes the store refuse all reads and watches of an instance, with the store's own error, until {@link #heal}: as
     * when its permission to read was revoked. Writes that need no permission to read succeed.
     */
    default void refuseReads(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse to read for one instance");
    }

    /**
     * Ends the watches of an instance and makes the store refuse new ones, with the store's own error, until {@link
     * #heal}. It may read and write.
     */
    default void refuseWatches(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse watches to one instance");
    }

    /**
     * Has a proxy answer every request of an instance with "not found", in place of the store, until {@link #heal}: as
     * a load balancer does that has lost its routes. No request reaches the store.
     */
    default void misroute(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot answer in the store's stead, or nothing can between this store and its"
                + " clients");
    }

    /**
     * Has the store carry out each request of an instance twice, and delivers only the second answer, until {@link
     * #heal}: as a proxy does that repeats requests.
     */
    default void repeat(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot repeat requests, or nothing can between this store and its clients");
    }

    /**
     * Drops all events of an instance's watches until {@link #heal}: the watches look live and deliver nothing. The
     * store answers the instance's requests, those for new watches too. It need not deliver the dropped events later.
     */
    default void deafen(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make watches silent while requests are answered");
    }

    /**
     * Ends the faults of an instance, except {@link #kill}, {@link #strand} and {@link #expire}; does nothing without a
     * fault.
     */
    default void heal(LockBackend backend) throws Exception {}

    /** Ends the session of an instance in the store, as if it had expired, while the instance is connected. */
    default void expire(LockBackend backend) throws Exception {
        throw Cannot.because("the store has no sessions, or the harness cannot end one");
    }

    // -- an operator's hand on the store ------------------------------------------------------------------------------

    /** Deletes the holder's claim to an election: the record, its key or its node. */
    default void delete(ElectionName election) throws Exception {
        throw Cannot.because("the harness cannot delete a claim in the store");
    }

    /** Changes the stored object beside the holder's claim, so that the store counts a new version. */
    default void touch(ElectionName election) throws Exception {
        throw Cannot.because("the harness cannot edit what the store keeps of an election");
    }

    /**
     * Overwrites or creates the record of an election, as another kind of client would: held by {@code identity},
     * acquired and renewed at {@code when} by that client's clock, for {@link #timing()}'s leaseDuration.
     */
    default void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        throw Cannot.because("the store has no record that another kind of client could write, or the harness cannot");
    }

    /** Stops the server and starts it again with its data. When this returns, the server answers, or will soon. */
    default void restart() throws Exception {
        throw Cannot.because("the harness cannot restart the store");
    }

    // -- counts -------------------------------------------------------------------------------------------------------

    /**
     * The number of claims in the store for an election, held or in line; empty where the harness cannot count them.
     */
    default OptionalInt standing(ElectionName election) throws Exception {
        return OptionalInt.empty();
    }

    /** The number of sessions of all instances; empty where the store has none or the harness cannot count them. */
    default OptionalInt sessions() throws Exception {
        return OptionalInt.empty();
    }

    /** The number of watches of all instances; empty where the store has none or the harness cannot count them. */
    default OptionalInt watches() throws Exception {
        return OptionalInt.empty();
    }

    /** Stops the harness's servers and threads. Called once, after every instance has been closed. */
    default void close() throws Exception {}
}
