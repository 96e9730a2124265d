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
 * One ZooKeeper session, and what its answers prove of it.
 *
 * <p>Requests go to the session's own handle and not through Curator's background operations. Curator keeps an operation
 * that finds no connection and sends it later, then perhaps in another session; a create that wanders like that can
 * appear after everyone concluded that it never would. A handle's requests leave in order, are answered in order, belong
 * to one session, and are each answered once.
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
     * @param wanted whether its client is still in use once the handle is made; if not, nothing is heard of the wire
     */
    Wire(Timekeeper time, Duration tick, Listener listener, BooleanSupplier wanted) {
        this.time = time;
        this.listener = listener;
        this.wanted = wanted;
        this.validity = new SessionValidity(tick, time.now());
    }

    /** What a wire tells, in the lane. */
    interface Listener {
        /** The handle was made, which opens a session. Comes before anything else of the wire. */
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
            // It may come before the handle itself is known.
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
     * Nothing is heard of it from now on: what a session answers that was given up says nothing of the present one's nodes,
     * and whoever waited for an answer is told that the session is over.
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

    /** The session timeout as granted with the present connection; not positive once the server declared it expired. */
    Duration timeout() {
        return handle().timeout();
    }

    /** Whether the client has ended by itself, and never connects again. */
    boolean isOver() {
        return handle != null && handle.isOver();
    }

    /** Zero until connected for the first time. */
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

    /** A server may be newer than the client library, which throws at what it does not know; who asked would wait for ever. */
    private static Code known(int code) {
        try {
            return Code.get(code);
        } catch (IllegalArgumentException e) {
            return Code.SYSTEMERROR;
        }
    }

    /** Whether the client library made this answer up: the server said nothing. */
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

    /** A watcher that hears in the lane; equal to another for the same listener, so that watches do not add up. */
    private record LoopWatcher(Wire wire, Consumer<WatchedEvent> listener) implements Watcher {
        @Override
        public void process(WatchedEvent event) {
            // Losing and regaining the connection is told to every watcher; the session has its own for that.
            if (event.getType() != Event.EventType.None) {
                wire.time.execute(() -> {
                    if (!wire.left) {
                        listener.accept(event);
                    }
                });
            }
        }
    }

    /** What the server, or the client library in its stead, answered. */
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

        /** Not even the server's answer is known: the request may have been carried out, or may still be. */
        boolean isUnknown() {
            return isFromClient(code);
        }
    }
}
