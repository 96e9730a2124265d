package dev.baton.etcd.internal;

import dev.baton.spi.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one lease is certain to live, judged by the servers' answers.
 *
 * <p>The answer to a keepAlive proves little: it does not go through Raft, so a member that has lost the leadership without
 * knowing sends it as well, and so does one that is about to revoke the lease. It counts if all of this holds:
 *
 * <ol>
 *   <li>a linearizable read, sent after the answer had come, found the session's sentinel key, which ends with the lease;
 *   <li>both answers name the same Raft term, so the leader that renewed was the leader, and still was at the read;
 *   <li>the answer came before the previous proof had run out, so the lease was not about to be revoked.
 * </ol>
 *
 *
 * <p>Then the lease ends no sooner than its TTL after the keepAlive was <em>sent</em>, by the clock of that leader; a later
 * leader starts every lease anew, and for longer. A lease whose proof has run out is not used again, even if it is found to
 * live. For one thread. One instance for each lease.
 */
public final class LeaseValidity {
    private double scale = 1;
    private Moment aliveAt;
    private Duration ttl;
    private @Nullable Moment answeredAt;

    /**
     * The lease was granted, which goes through Raft and is a proof by itself.
     *
     * @param sentAt read before the request for the lease left
     * @param ttl as granted
     */
    public LeaseValidity(Moment sentAt, Duration ttl) {
        this.aliveAt = sentAt;
        this.ttl = ttl;
    }

    /** From now on the clocks, this process's and the servers', may err by {@code drift}, a relative error, at least. */
    public void allowFor(double drift) {
        scale = Math.min(scale, (1 - drift) / (1 + drift));
    }

    /** Whether the proof has run out, on either clock. Later answers prove nothing. */
    public boolean hasRunOut(Moment now) {
        return now.hasReached(aliveAt.plusNanos((long) Math.floor(Moment.boundedNanos(ttl) * scale)));
    }

    /** A keepAlive was answered. */
    public void kept(Moment now) {
        answeredAt = now;
    }

    /**
     * The read that followed found the sentinel.
     *
     * @param sentAt read before the keepAlive left
     * @param kept the answer to the keepAlive, no later than the call of {@link #kept}
     * @param readTerm the Raft term in the answer to the read
     * @return whether that proves the lease anew
     */
    public boolean confirmed(Moment sentAt, Channel.KeptAlive kept, long readTerm) {
        if (answeredAt == null || hasRunOut(answeredAt) || kept.ttlSeconds() <= 0 || kept.raftTerm() != readTerm) {
            return false;
        }
        if (aliveAt.isBefore(sentAt)) {
            aliveAt = sentAt;
            ttl = Duration.ofSeconds(kept.ttlSeconds());
        }
        return true;
    }

    /** The current proof. */
    public Proof proof() {
        return new Proof(aliveAt, ttl);
    }

    /**
     * The lease lives until {@code ttl} after {@code aliveAt}, by the servers' clocks.
     *
     * @param aliveAt before the request that proves it was sent
     */
    public record Proof(Moment aliveAt, Duration ttl) {}
}
