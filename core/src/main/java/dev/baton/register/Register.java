package dev.baton.register;

import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store that can compare and set one record per election, as {@link RegisterBackend} needs it.
 *
 * <p>Methods are called on the runtime's sender thread, return promptly and answer through stages. A stage that fails
 * means unknown, a write may have happened or may still, with two exceptions: {@link ConflictException}, and a {@link
 * BackendException#isNotWritten()} (rule 3.4).
 */
public interface Register extends AutoCloseable {

    /** As {@link LockBackend#kind()}. */
    String kind();

    /** The runtime of this instance, closed with it. */
    BackendRuntime runtime();

    /** As {@link LockBackend#check}. */
    default void check(ElectionName election, ElectionTiming timing) {}

    /**
     * The current entry, or empty when the store itself answers that there is none; an answer of a proxy is a failure.
     * Linearizable: never older than a write answered before the call.
     */
    CompletionStage<Optional<Entry>> read(ElectionName election);

    /**
     * Replaces {@code expected} by {@code next}, or creates it when {@code expected} is null, if the register is still
     * exactly at that revision. Every write moves the revision, also one that changes nothing.
     *
     * @return the entry now stored; fails with {@link ConflictException} when the register was certainly at another
     *     revision, and with {@link BackendException#notWritten} when the store has refused the write for another reason
     */
    CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next);

    /**
     * Reports each change as it happens.
     *
     * @return closes the watch; or null when this register cannot watch, and is then polled
     */
    default LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        return null;
    }

    /** Closes the connection and the runtime. Idempotent, throws nothing. */
    @Override
    void close();

    /**
     * A record and its revision.
     *
     * @param record the record
     * @param revision grows with every write to the store, also across deletion and re-creation: the source of tokens
     * @param raw whatever the register needs to write over it
     */
    record Entry(
            LeaderRecord record, long revision, @Nullable Object raw) {}

    /** Receives changes; a hint, on any thread. */
    interface RegisterWatcher {
        /** Whether changes are being delivered. */
        void live(boolean live);

        /** The entry now stored, or null when it was deleted, and the revision of that change. */
        void changed(@Nullable Entry entry, long revision);
    }
}
