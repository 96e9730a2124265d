package dev.baton.verify.register;

import dev.baton.spi.FencingToken;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call of a register, as its caller saw it.
 *
 * <p>Times of all callers are on one line: one machine's monotonic clock, or the register's own. A value is written at most
 * once; {@link #INITIAL} stands for what the register holds before any write.
 *
 * @param client the caller's name
 * @param kind the kind of the call
 * @param token the term's token, by which a fence decides, or null for a call without one
 * @param value the value written or read; meaningless for a read that was not {@link Outcome#DONE}
 * @param basedOn the value that a writer had read and changed into this one, or null
 * @param invoked when the call began, in nanoseconds
 * @param returned when it was answered; {@link Long#MAX_VALUE} without an answer
 * @param outcome the answer
 */
public record Operation(
        String client,
        Kind kind,
        @Nullable FencingToken token,
        long value,
        @Nullable Long basedOn,
        long invoked,
        long returned,
        Outcome outcome) {

    /** The value of a register before any write. */
    public static final long INITIAL = 0;

    /** The kind of a call. */
    public enum Kind {
        /** Reads the value. */
        READ,
        /** Replaces the value. */
        WRITE
    }

    /** The answer to a call. */
    public enum Outcome {
        /** The register carried it out. */
        DONE,
        /** The fence refused it: its token is smaller than one that the fence has seen. */
        REFUSED,
        /** No answer: the register may have carried it out, may still do so, or never. */
        UNKNOWN
    }

    /** @throws IllegalArgumentException when it returned before it was invoked, or writes {@link #INITIAL} */
    public Operation {
        if (outcome == Outcome.UNKNOWN) {
            returned = Long.MAX_VALUE;
        }
        if (returned < invoked) {
            throw new IllegalArgumentException("an operation of " + client + " returned at " + returned
                    + ", before it was invoked at " + invoked + "; times must be of one clock");
        }
        if (kind == Kind.WRITE && value == INITIAL) {
            throw new IllegalArgumentException(
                    "an operation of " + client + " writes " + INITIAL + ", which stands for no write; count from one");
        }
    }

    boolean isWrite() {
        return kind == Kind.WRITE;
    }

    boolean isDone() {
        return outcome == Outcome.DONE;
    }

    /** Whether this call was answered before {@code other} began. */
    boolean precedes(Operation other) {
        return returned < other.invoked;
    }

    /** {@code ada's write of 7 with token 42, at 12.345678901 s}. */
    @Override
    public String toString() {
        return client + "'s " + (isWrite() ? "write of " : "read of ") + value
                + (token == null ? "" : " with token " + number(Objects.requireNonNull(token)))
                + String.format(java.util.Locale.ROOT, ", asked at %.6f s", invoked / 1e9);
    }

    private static String number(FencingToken token) {
        return token.epoch() == 0 ? Long.toString(token.number()) : token.epoch() + "-" + token.number();
    }
}
