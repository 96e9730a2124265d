package dev.baton.simulation.exhaustive;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call of the store that is in flight: its request until it arrives, then its reply. */
final class Message {
    private final Contender from;
    private final @Nullable LeaderRecord next;
    private final @Nullable Entry expected;
    private final long sentAt;
    private final CompletableFuture<Object> answer;
    private final LocalRuntime.@Nullable LocalTimer patience;
    private @Nullable Object reply;
    private boolean unheard;

    /**
     * A call.
     *
     * @param next what to write, or null for a read
     * @param patience when its caller gives up, or null where it is not known to
     */
    Message(
            Contender from,
            @Nullable Entry expected,
            @Nullable LeaderRecord next,
            long sentAt,
            CompletableFuture<Object> answer,
            LocalRuntime.@Nullable LocalTimer patience) {
        this.from = from;
        this.expected = expected;
        this.next = next;
        this.sentAt = sentAt;
        this.answer = answer;
        this.patience = patience;
    }

    Contender from() {
        return from;
    }

    @Nullable LeaderRecord next() {
        return next;
    }

    boolean isWrite() {
        return next != null;
    }

    @Nullable Entry expected() {
        return expected;
    }

    long sentAt() {
        return sentAt;
    }

    LocalRuntime.@Nullable LocalTimer patience() {
        return patience;
    }

    @Nullable Object reply() {
        return reply;
    }

    boolean hasArrived() {
        return reply != null;
    }

    void arrived(Object outcome) {
        reply = outcome;
    }

    /** Whether its reply can be of no effect. */
    boolean isUnheard() {
        return unheard;
    }

    void unheard() {
        unheard = true;
    }

    /** Whether its caller has given up waiting. */
    boolean isLate() {
        return patience != null && !patience.isPending();
    }

    /** Tells the caller, who may have given up. */
    void answer() {
        if (reply instanceof RuntimeException failure) {
            answer.completeExceptionally(failure);
        } else {
            answer.complete(reply);
        }
    }

    void fail(RuntimeException failure) {
        answer.completeExceptionally(failure);
    }

    @Override
    public String toString() {
        if (next == null) {
            return from + "'s read";
        }
        String what = next.isFree() ? "release" : next.renewTime().equals(next.acquireTime()) ? "claim" : "renewal";
        return from + "'s " + what + " over revision " + (expected == null ? "none" : expected.revision());
    }
}
