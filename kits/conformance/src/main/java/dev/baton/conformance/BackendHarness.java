package dev.baton.conformance;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the kit needs to know of a backend and may do to its store.
 *
 * <p>Only {@link #name()} and {@link #open()} have to be written. Every other method either has a default that suits
 * most stores or {@linkplain Cannot says that it cannot}: tests that need it are then skipped with that reason, and the
 * report shows which rules stay unproved. Methods are called from several threads; faults of one instance must not touch
 * another's.
 */
public interface BackendHarness {

    /** What the report calls the backend: {@code etcd}, {@code kubernetes lease}. */
    String name();

    /**
     * Opens another instance on the same store, as another process would: on real clocks
     * ({@link dev.baton.spi.BackendRuntime#start}), with epoch 0, without a shutdown hook, sharing nothing with others. The
     * kit closes it.
     */
    LockBackend open() throws Exception;

    // -- limits -------------------------------------------------------------------------------------------------------

    /**
     * The shortest timing that the store and this machine bear: what the kit waits for are multiples of it. A shorter
     * leaseDuration makes the kit quicker, and unreliable where a busy machine may stop for half of it.
     */
    default ElectionTiming timing() {
        return ElectionTiming.of(Duration.ofSeconds(4), Duration.ofMillis(2500), Duration.ofMillis(200));
    }

    /**
     * How long a request may take on a store that answers: calls to a store that was silenced get this deadline. Times
     * {@link Timeouts#factor()}.
     */
    default Duration callTimeout() {
        return Duration.ofSeconds(1);
    }

    /**
     * When to give up waiting for what has to happen, on the slowest machine: only failures take this long. Times
     * {@link Timeouts#factor()}.
     */
    default Duration patience() {
        return Duration.ofSeconds(20);
    }

    /** The namespace of the elections that the kit makes up; it exists. */
    default String namespace() {
        return "conformance";
    }

    /** The packages of the backend's own code, by which the kit finds it on threads that it must not block. */
    default Set<String> packages() {
        return Set.of(getClass().getPackageName());
    }

    // -- faults of one instance ---------------------------------------------------------------------------------------

    /**
     * Ends an instance as {@code kill -9} of its process does, as far as the store can tell: nothing is sent any more and
     * nothing is given back. It stays so; the kit still closes the object.
     */
    default void kill(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot end an instance without closing it");
    }

    /**
     * Makes the store silent to an instance until {@link #heal}: no request is answered, no connection is reset, no change
     * delivered. What was sent meanwhile arrives on healing, as from a partitioned network or at a stopped server.
     */
    default void silence(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store silent");
    }

    /**
     * Keeps what the store sends from an instance until {@link #heal}: its requests arrive and have their effect. The
     * instance is connected already.
     */
    default void loseAnswers(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot lose answers");
    }

    /** Makes every answer to an instance take {@code delay} at least, from the request's sending, until {@link #heal}. */
    default void slowDown(LockBackend backend, Duration delay) throws Exception {
        throw Cannot.because("the harness cannot slow the store down");
    }

    /** Lets nothing pass any more on the connections that an instance has, and tells nobody; new ones pass. */
    default void strand(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot strand a connection");
    }

    /**
     * Makes the store refuse, in words of its own, whatever an instance would write, until {@link #heal}: as when its
     * permission to write was taken. It may read.
     */
    default void refuse(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse to write for one instance");
    }

    /**
     * Makes the store refuse, in words of its own, whatever an instance would read or watch, until {@link #heal}: as when
     * its permission to read was taken. What the store lets it write without reading, it may write.
     */
    default void refuseReads(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse to read for one instance");
    }

    /**
     * Ends the watches of an instance and makes the store refuse it new ones, in words of its own, until {@link #heal}. It
     * may read and write.
     */
    default void refuseWatches(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make the store refuse watches to one instance");
    }

    /**
     * Has whatever an instance asks answered "not found" by something that is not the store, until {@link #heal}: as by a
     * balancer whose routes are lost. Nothing reaches the store.
     */
    default void misroute(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot answer in the store's stead, or nothing can between this store and its"
                + " clients");
    }

    /**
     * Has each request of an instance carried out and then once more, and only the second one answered, until {@link
     * #heal}: as by a proxy that repeats requests.
     */
    default void repeat(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot repeat requests, or nothing can between this store and its clients");
    }

    /**
     * Keeps from an instance until {@link #heal} whatever its watches would tell: they seem to live and are silent. Its
     * requests are answered, those for another watch too. What they have missed need not be told later.
     */
    default void deafen(LockBackend backend) throws Exception {
        throw Cannot.because("the harness cannot make watches silent while requests are answered");
    }

    /**
     * Ends whatever befell an instance, but for {@link #kill}, {@link #strand} and {@link #expire}; does nothing if nothing
     * did.
     */
    default void heal(LockBackend backend) throws Exception {}

    /** Ends the session of an instance in the store, as if it had run out: it is connected, and finds out. */
    default void expire(LockBackend backend) throws Exception {
        throw Cannot.because("the store has no sessions, or the harness cannot end one");
    }

    // -- an operator's hand on the store ------------------------------------------------------------------------------

    /** Deletes what makes the holder of an election its holder: the record, its key or its node. */
    default void delete(ElectionName election) throws Exception {
        throw Cannot.because("the harness cannot delete a claim in the store");
    }

    /** Changes something beside what makes the holder of an election its holder, so that the store counts a new version. */
    default void touch(ElectionName election) throws Exception {
        throw Cannot.because("the harness cannot edit what the store keeps of an election");
    }

    /**
     * Writes over the record of an election, or creates it, as another kind of client would: held by {@code identity},
     * acquired and renewed at {@code when} by that client's clock, for {@link #timing()}'s leaseDuration.
     */
    default void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        throw Cannot.because("the store has no record that another kind of client could write, or the harness cannot");
    }

    /** Stops the server and starts it again with the data it had; answers again, or soon, when this returns. */
    default void restart() throws Exception {
        throw Cannot.because("the harness cannot restart the store");
    }

    // -- counts -------------------------------------------------------------------------------------------------------

    /** How many claims stand in the store for an election, held or in line; empty where the harness cannot tell. */
    default OptionalInt standing(ElectionName election) throws Exception {
        return OptionalInt.empty();
    }

    /** How many sessions of all instances the store keeps; empty where it has none or the harness cannot tell. */
    default OptionalInt sessions() throws Exception {
        return OptionalInt.empty();
    }

    /** How many watches of all instances the store serves; empty where it has none or the harness cannot tell. */
    default OptionalInt watches() throws Exception {
        return OptionalInt.empty();
    }

    /** Stops what the harness has started. Called once, when every instance has been closed. */
    default void close() throws Exception {}
}
