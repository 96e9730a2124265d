package dev.baton.zookeeper.internal;

import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How long one ZooKeeper session is certain to live, judged by its server's answers.
 *
 * <p>An acknowledged write proves only that the session existed when the ensemble's leader prepared the write. It does not
 * restart the session's timer there: the server that a client is connected to notes every packet of the client as a touch,
 * and reports its touches when it replies to the leader's pings, which come every half tick. A server's messages to its
 * leader arrive in order. So if a packet was answered a full tick before a write was sent, the server reported its touch
 * before it forwarded the write. Since the write found the session alive, the leader had taken the touch into account: the
 * session ends no sooner than its timeout after that packet was <em>sent</em>.
 *
 * <p>A connection attempt is such a packet, without a tick to wait for: the leader itself creates or re-validates the
 * session and starts its timer. Packets of an earlier connection do not count for a write on a later one, which another
 * server may have forwarded; earlier proofs stay valid.
 *
 * <p>For one thread. One instance for each session.
 */
public final class SessionValidity {
    /** An answer within this part of a tick after the last recorded one is not recorded: it would add next to nothing. */
    private static final int GRANULARITY = 16;

    private final long tickNanos;
    private final Deque<Answered> answered = new ArrayDeque<>();
    private Moment newestAnswered;
    private int connection;
    private boolean connected;
    private @Nullable Moment reported;
    private Duration timeout = Duration.ZERO;
    private @Nullable Moment aliveAt;
    private @Nullable Moment touchedAt;
    private Duration touchedFor = Duration.ZERO;

    /**
     * @param tick the servers' tickTime; two of it behind an observer master
     * @param opened read before the client that opens this session was created
     */
    public SessionValidity(Duration tick, Moment opened) {
        this.tickNanos = tick.toNanos();
        this.newestAnswered = opened;
    }

    /**
     * A connection is established, the first of the session or a later one.
     *
     * @param attemptedAt read before the attempt that succeeded began; null where not known
     * @param negotiated the session timeout as the server granted it with this connection
     */
    public void connected(@Nullable Moment attemptedAt, Duration negotiated) {
        connection++;
        connected = true;
        answered.clear();
        // An attempt follows every answer of the previous connection.
        reported = attemptedAt == null ? newestAnswered : later(attemptedAt, newestAnswered);
        timeout = negotiated;
        if (touchedFor.compareTo(negotiated) > 0) {
            touchedFor = negotiated;
        }
    }

    /** The connection is lost: no proof comes on it any more. */
    public void disconnected() {
        connected = false;
        answered.clear();
        reported = null;
    }

    /** The session is over: nothing is certain any more. */
    public void ended() {
        disconnected();
        aliveAt = null;
        touchedAt = null;
    }

    /** A write is about to leave. */
    public Write sending(Moment now) {
        return new Write(now, connection, touchReportedBy(now));
    }

    /**
     * The server answered a packet on this connection, whatever it was and whatever the answer.
     *
     * @param sentAt read before the packet left
     */
    public void answered(Moment sentAt, Moment now) {
        if (!connected) {
            return;
        }
        newestAnswered = later(newestAnswered, sentAt);
        Answered last = answered.peekLast();
        if (last == null || now.nanosSince(last.answeredAt) > tickNanos / GRANULARITY) {
            answered.addLast(new Answered(sentAt, now));
        }
    }

    /** The ensemble acknowledged a write. */
    public void acknowledged(Write write, Moment now) {
        if (!connected) {
            return;
        }
        aliveAt = later(aliveAt, write.sentAt);
        if (write.connection == connection && write.touchedAt != null) {
            touchedAt = later(touchedAt, write.touchedAt);
            touchedFor = timeout;
        }
        answered(write.sentAt, now);
    }

    /** The current proof, or null if there is none. */
    public @Nullable Proof proof() {
        return aliveAt == null || touchedAt == null ? null : new Proof(aliveAt, touchedAt, touchedFor);
    }

    /** The newest touch that the leader knew of before it prepared a write sent now. */
    private @Nullable Moment touchReportedBy(Moment now) {
        if (!connected) {
            return null;
        }
        while (!answered.isEmpty() && now.nanosSince(answered.getFirst().answeredAt) >= tickNanos) {
            reported = later(reported, answered.removeFirst().sentAt);
        }
        return reported;
    }

    private static Moment later(@Nullable Moment one, Moment other) {
        return one == null || one.isBefore(other) ? other : one;
    }

    private record Answered(Moment sentAt, Moment answeredAt) {}

    /** A write under way. */
    public static final class Write {
        private final Moment sentAt;
        private final int connection;
        private final @Nullable Moment touchedAt;

        private Write(Moment sentAt, int connection, @Nullable Moment touchedAt) {
            this.sentAt = sentAt;
            this.connection = connection;
            this.touchedAt = touchedAt;
        }

        /** When the write left. */
        public Moment sentAt() {
            return sentAt;
        }
    }

    /**
     * What is certain of a session.
     *
     * @param aliveAt the ensemble agreed to something that the session sent then
     * @param touchedAt the session ends no sooner than {@code timeout} after this
     * @param timeout by the servers' clocks
     */
    public record Proof(Moment aliveAt, Moment touchedAt, Duration timeout) {

        /**
         * How long after {@link #aliveAt} the session lives for certain, by the servers' clocks: the timeout less what
         * had passed since the touch, counted on the slowest clock that {@code drift} allows. Scaled by
         * {@code (1 − ρ)/(1 + ρ)} it ends the timeout, likewise scaled, after the touch.
         */
        public Duration guaranteedFor(double drift) {
            // The wall clock too: the monotonic one may have stopped in between, with the machine asleep.
            long elapsed = Math.max(aliveAt.nanosSince(touchedAt), aliveAt.wallNanos() - touchedAt.wallNanos());
            double stretched = Math.max(0, elapsed) * ((1 + drift) / (1 - drift));
            return Duration.ofNanos(Math.max(0, timeout.toNanos() - (long) Math.ceil(stretched)));
        }
    }
}
