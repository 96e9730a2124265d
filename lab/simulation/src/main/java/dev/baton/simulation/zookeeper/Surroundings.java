package dev.baton.simulation.zookeeper;

import java.util.random.RandomGenerator;

/** The world around the ensemble: true time, chance, and the network to its clients. */
public interface Surroundings {
    long now();

    /** Runs {@code task} at {@code trueNanos}, which is not the past. */
    void at(long trueNanos, Runnable task);

    RandomGenerator random();

    /** How long a packet of a client is under way. */
    long requestDelay();

    /** How long a packet to a client is under way. */
    long replyDelay();

    /** Whether a connection breaks before the packet now sent on it arrives. */
    boolean losesRequest();

    /** Whether a connection breaks before the reply now sent on it arrives. */
    boolean losesReply();

    /** Whether the leader's next question who spoke is late. */
    boolean delaysTouch();

    /** Whether a server that has too much to do turns the request away that has just arrived. */
    boolean throttles();

    /** Whether clients may not read nodes, or not list what is below them. */
    boolean deniesReading(boolean listing);

    /** Whether clients may not create nodes. */
    boolean deniesCreating();

    /** Whether clients may not delete nodes. */
    boolean deniesDeleting();

    /** Whether clients may not write nodes. */
    boolean deniesWriting();

    /**
     * Whether a quota forbids a write.
     *
     * @param growth by how many bytes the data grow
     */
    boolean exceedsQuota(String path, boolean creates, int growth);

    /** Whether the servers serve no watches, and say so to nobody. */
    boolean stallsWatches();

    /** Whether the answer that completes a connection is slow. */
    boolean delaysConnection();

    /** A client has just heard that it is connected, some time after a server had served it. */
    void connectedLate(Host process);

    /** A session ended for want of touches. */
    void expired(String session, long id);

    /** Something happened that belongs to the history. */
    void happened(Object what, long hash);

    /**
     * The node at {@code path}, created by {@code czxid}, is about to be deleted.
     *
     * @param byOperator and neither by its owner nor with its session's time
     */
    void gone(String path, long czxid, boolean byOperator);
}
