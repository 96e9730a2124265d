package dev.baton.simulation.etcd;

import dev.baton.etcd.internal.Entry;
import java.util.random.RandomGenerator;

/** The world around the cluster: true time, chance, and the network to its clients. */
public interface Surroundings {
    long now();

    /** Runs {@code task} at {@code trueNanos}, which is not the past. */
    void at(long trueNanos, Runnable task);

    RandomGenerator random();

    /** How long a request is under way. */
    long requestDelay();

    /** How long a reply is under way. */
    long replyDelay();

    /** How long what a watch tells is under way, besides. */
    long watchDelay();

    /** Whether the request now sent never arrives. */
    boolean losesRequest();

    /** Whether the reply now sent never arrives. */
    boolean losesReply();

    /** Whether the connection breaks, for all to see, once the request was carried out. */
    boolean failsAfterCommit();

    /** Whether the servers turn a request to write away. */
    boolean isBusy();

    /** Whether the servers turn away whatever goes through their log. */
    boolean isThrottled();

    /** Whether the database is full. */
    boolean isFull();

    /** What stands between client and servers. */
    enum Between {
        /** It passes on what it is sent. */
        PASSES,
        /** It answers a request in the servers' stead. */
        ANSWERS,
        /** It answers in the servers' stead what they have carried out. */
        ANSWERS_AFTER,
        /** It loses the servers' answer, sends the request again, and passes on what is answered to that. */
        REPEATS
    }

    /** What happens between client and servers to the request that arrives now. */
    Between between();

    /** Whether the client may not read {@code key}, or all the keys that begin with it. */
    boolean deniesReading(String key, boolean range);

    /** Whether the client may not write {@code key}, nor delete it. */
    boolean deniesWriting(String key);

    /** Whether a watch falls silent from now on. */
    boolean stallsWatch();

    /** A lease ended for want of renewals. */
    void expired(String lease, long id);

    /** Something happened that belongs to the history. */
    void happened(Object what, long hash);

    /** A request of {@code process} is about to write {@code entry}, sent when so many of its claims were withdrawn. */
    void writes(Host process, Entry entry, int withdrawalsThen);

    /**
     * {@code entry} is about to be deleted.
     *
     * @param byOperator and neither by its owner nor with its lease's time
     */
    void gone(Entry entry, boolean byOperator);
}
