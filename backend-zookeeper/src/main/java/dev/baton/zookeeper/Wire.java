package dev.baton.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import dev.baton.zookeeper.internal.SessionValidity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper session, and the proof that its answers give of it.
 *
 * <p>Requests go to the session's own handle and not through Curator's background operations. Curator keeps an operation
 * that finds no connection and sends it later, perhaps in another session; such a create can take effect long after the
 * backend has concluded that it never would. A handle's requests leave in order, are answered in order, belong to one
 * session, and are each answered once.
 *
 * <p>All methods but {@link Clients.Connection}'s are called in the lane, where all answers arrive too.
 */
final class Wire implements Clients.Connection {
    private final Timekeeper time;
    private final Listener listener;
    private final BooleanSupplier wanted;
    final SessionValidity validity;
    private final List<Change> early = new ArrayList<>();
    private @Nullable Handle handle;
    private boolean left;

    /**
     * Made before its handle is.
     *
     * @param wanted whether its client is still in use once the handle is made; if not, the wire reports nothing
     */
    Wire(Timekeeper time, Duration tick, Listener listener, BooleanSupplier wanted) {
        this.time = time;
        this.listener = listener;
        this.wanted = wanted;
        this.validity = new SessionValidity(tick, time.now());
    }

    /** Receives the events of a wire, in the lane. */
    interface Listener {
        /** The handle was made, which opens a session. The first event of a wire. */
        void opened(Wire wire);

        /** The state of the wire's connection, or of its session, changed. */
        void changed(Wire wire, Change change);

        /** A write on the wire was acknowledged. */
        void proved(Wire wire);

        /** Whether a term is under way. On any thread. */
        boolean leads();
    }

    /**
     * @param attemptedAt for a new connection: read before its attempt began; null where not known
     */
    record Change(KeeperState state, @Nullable Moment attemptedAt) {}

    @Override
    public void opened(Handle made) {
        time.execute(() -> {
            handle = made;
            if (!wanted.getAsBoolean()) {
                left = true;
                return;
            }
            listener.opened(this);
            early.forEach(change -> listener.changed(this, change));
            early.clear();
        });
    }

    @Override
    public void changed(KeeperState state, @Nullable Moment attemptedAt) {
        Change change = new Change(state, attemptedAt);
        time.execute(() -> {
            // This event may come before the handle is known.
            if (handle == null) {
                early.add(change);
            } else {
                listener.changed(this, change);
            }
        });
    }

    @Override
    public boolean isUrgent() {
        return listener.leads();
    }

    /**
     * Drops all further events and answers: answers of a session that was given up do not concern the nodes of the next,
     * and the calls that wait have learned that the session is over.
     */
    void leave() {
        left = true;
    }

    Handle handle() {
        if (handle == null) {
            throw new IllegalStateException("the ZooKeeper handle is not known yet");
        }
        return handle;
    }

    /**
     * The session timeout as granted with the present connection; not positive once the server has declared the session
     * expired.
     */
    Duration timeout() {
        return handle().timeout();
    }

    /** Whether the client has ended by itself, and never connects again. */
    boolean isOver() {
        return handle != null && handle.isOver();
    }

    /** Zero before the first connection. */
    long sessionId() {
        return handle == null ? 0 : handle.sessionId();
    }

    void create(String path, byte[] data, CreateMode mode, Consumer<Reply> then) {
        handle().create(path, data, mode, write(then));
    }

    void setData(String path, byte[] data, Consumer<Reply> then) {
        handle().setData(path, data, write(then));
    }

    void delete(String path, Consumer<Reply> then) {
        handle().delete(path, write(then));
    }

    void getData(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        handle().getData(path, onLoop(watcher), read(then));
    }

    void getChildren(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        handle().getChildren(path, onLoop(watcher), read(then));
    }

    void exists(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        handle().exists(path, onLoop(watcher), read(then));
    }

    private @Nullable Watcher onLoop(@Nullable Consumer<WatchedEvent> watcher) {
        return watcher == null ? null : new LoopWatcher(this, watcher);
    }

    private Sent read(Consumer<Reply> then) {
        return new Sent(time.now(), null, then);
    }

    private Sent write(Consumer<Reply> then) {
        Moment now = time.now();
        return new Sent(now, validity.sending(now), then);
    }

    private void learn(Sent sent, Code code) {
        Moment now = time.now();
        if (sent.write != null && code == Code.OK) {
            validity.acknowledged(sent.write, now);
            listener.proved(this);
        } else if (!isFromClient(code)) {
            validity.answered(sent.at, now);
        }
    }

    private static @Nullable String text(byte @Nullable [] data) {
        return data == null ? null : new String(data, StandardCharsets.UTF_8);
    }

    /**
     * The client library throws on a code that it does not know, from a newer server; the request would never be answered.
     */
    private static Code known(int code) {
        try {
            return Code.get(code);
        } catch (IllegalArgumentException e) {
            return Code.SYSTEMERROR;
        }
    }

    /** Whether the client library made this answer up, without the server. */
    private static boolean isFromClient(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, SESSIONEXPIRED, AUTHFAILED, SESSIONMOVED, REQUESTTIMEOUT, OPERATIONTIMEOUT -> true;
            default -> false;
        };
    }

    /** A request under way. */
    private final class Sent implements Handle.Answered {
        private final Moment at;
        private final SessionValidity.@Nullable Write write;
        private final Consumer<Reply> then;

        Sent(Moment at, SessionValidity.@Nullable Write write, Consumer<Reply> then) {
            this.at = at;
            this.write = write;
            this.then = then;
        }

        @Override
        public void answer(
                int code,
                String path,
                @Nullable String name,
                byte @Nullable [] data,
                @Nullable List<String> children,
                @Nullable Stat stat) {
            Reply reply = new Reply(known(code), path, name, text(data), children, stat);
            time.execute(() -> {
                if (!left) {
                    learn(this, reply.code());
                    then.accept(reply);
                }
            });
        }
    }

    /**
     * A watcher that calls its listener in the lane; equal to another with the same listener, so that watches do not add
     * up.
     */
    private record LoopWatcher(Wire wire, Consumer<WatchedEvent> listener) implements Watcher {
        @Override
        public void process(WatchedEvent event) {
            // Every watcher receives the loss and return of the connection; the session has a watcher of its own for
            // that.
            if (event.getType() != Event.EventType.None) {
                wire.time.execute(() -> {
                    if (!wire.left) {
                        listener.accept(event);
                    }
                });
            }
        }
    }

    /** The answer of the server, or of the client library in its stead. */
    record Reply(
            Code code,
            String path,
            @Nullable String name,
            @Nullable String data,
            @Nullable List<String> children,
            @Nullable Stat stat) {

        boolean isOk() {
            return code == Code.OK;
        }

        /** Whether the outcome is unknown: the request may have been carried out, or may still be. */
        boolean isUnknown() {
            return isFromClient(code);
        }
    }
}
