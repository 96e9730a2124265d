package dev.baton.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.session.SessionValidity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
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
 * <p>All methods are called on the loop, where all answers arrive too.
 */
final class Wire {
    private final Timekeeper time;
    private final Function<String, List<ACL>> acls;
    private final Consumer<Wire> proved;
    final SessionValidity validity;
    private final List<Client.Change> early = new ArrayList<>();
    private @Nullable ZooKeeper handle;

    /** @param proved runs after a write was acknowledged */
    Wire(Timekeeper time, Function<String, List<ACL>> acls, Duration tick, Moment opened, Consumer<Wire> proved) {
        this.time = time;
        this.acls = acls;
        this.proved = proved;
        this.validity = new SessionValidity(tick, opened);
    }

    void opened(ZooKeeper zooKeeper) {
        handle = zooKeeper;
    }

    /** Keeps a change that came before the handle itself was known. */
    void early(Client.Change change) {
        early.add(change);
    }

    /** What came before the handle was known. */
    List<Client.Change> takeEarly() {
        List<Client.Change> taken = List.copyOf(early);
        early.clear();
        return taken;
    }

    boolean isOpened() {
        return handle != null;
    }

    ZooKeeper handle() {
        if (handle == null) {
            throw new IllegalStateException("the ZooKeeper handle is not known yet");
        }
        return handle;
    }

    /** The session timeout as granted with the present connection; not positive once the server declared it expired. */
    Duration timeout() {
        return Duration.ofMillis(handle().getSessionTimeout());
    }

    /** Zero until connected for the first time. */
    long sessionId() {
        return handle == null ? 0 : handle.getSessionId();
    }

    void create(String path, byte[] data, CreateMode mode, Consumer<Reply> then) {
        Sent sent = write(then);
        AsyncCallback.Create2Callback answer =
                (code, asked, context, name, stat) -> sent.answer(code, asked, name, null, null, stat);
        handle().create(path, data, acls.apply(path), mode, answer, null);
    }

    void setData(String path, byte[] data, Consumer<Reply> then) {
        Sent sent = write(then);
        AsyncCallback.StatCallback answer =
                (code, asked, context, stat) -> sent.answer(code, asked, null, null, null, stat);
        handle().setData(path, data, -1, answer, null);
    }

    void delete(String path, Consumer<Reply> then) {
        Sent sent = write(then);
        AsyncCallback.VoidCallback answer = (code, asked, context) -> sent.answer(code, asked, null, null, null, null);
        handle().delete(path, -1, answer, null);
    }

    void getData(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        Sent sent = read(then);
        AsyncCallback.DataCallback answer =
                (code, asked, context, data, stat) -> sent.answer(code, asked, null, text(data), null, stat);
        handle().getData(path, onLoop(watcher), answer, null);
    }

    void getChildren(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        Sent sent = read(then);
        AsyncCallback.ChildrenCallback answer =
                (code, asked, context, children) -> sent.answer(code, asked, null, null, children, null);
        handle().getChildren(path, onLoop(watcher), answer, null);
    }

    void exists(String path, @Nullable Consumer<WatchedEvent> watcher, Consumer<Reply> then) {
        Sent sent = read(then);
        AsyncCallback.StatCallback answer =
                (code, asked, context, stat) -> sent.answer(code, asked, null, null, null, stat);
        handle().exists(path, onLoop(watcher), answer, null);
    }

    private @Nullable Watcher onLoop(@Nullable Consumer<WatchedEvent> watcher) {
        return watcher == null ? null : new LoopWatcher(time, watcher);
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
            proved.accept(this);
        } else if (!isFromClient(code)) {
            validity.answered(sent.at, now);
        }
    }

    private static @Nullable String text(byte @Nullable [] data) {
        return data == null ? null : new String(data, StandardCharsets.UTF_8);
    }

    /** Whether the client library made this answer up: the server said nothing. */
    private static boolean isFromClient(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, SESSIONEXPIRED, AUTHFAILED, SESSIONMOVED, REQUESTTIMEOUT, OPERATIONTIMEOUT -> true;
            default -> false;
        };
    }

    /** A request under way. */
    private final class Sent {
        private final Moment at;
        private final SessionValidity.@Nullable Write write;
        private final Consumer<Reply> then;

        Sent(Moment at, SessionValidity.@Nullable Write write, Consumer<Reply> then) {
            this.at = at;
            this.write = write;
            this.then = then;
        }

        void answer(
                int code,
                String path,
                @Nullable String name,
                @Nullable String data,
                @Nullable List<String> children,
                @Nullable Stat stat) {
            Code known = Code.get(code);
            Reply reply = new Reply(known == null ? Code.SYSTEMERROR : known, path, name, data, children, stat);
            time.execute(() -> {
                learn(this, reply.code());
                then.accept(reply);
            });
        }
    }

    /** A watcher that hears on the loop; equal to another for the same listener, so that watches do not add up. */
    private record LoopWatcher(Timekeeper time, Consumer<WatchedEvent> listener) implements Watcher {
        @Override
        public void process(WatchedEvent event) {
            // Losing and regaining the connection is told to every watcher; the session has its own for that.
            if (event.getType() != Event.EventType.None) {
                time.execute(() -> listener.accept(event));
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
