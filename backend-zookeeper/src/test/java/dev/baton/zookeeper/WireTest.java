package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Moment;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session's answers prove of it, and which of them are heard. */
class WireTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualRuntime time = new VirtualRuntime();
    private final Pending handle = new Pending();
    private final List<String> heard = new ArrayList<>();
    private boolean wanted = true;
    private final Wire wire = new Wire(time, Duration.ofMillis(500), new Recorded(), () -> wanted);

    private final class Recorded implements Wire.Listener {
        @Override
        public void opened(Wire opened) {
            heard.add("opened");
        }

        @Override
        public void changed(Wire of, Wire.Change change) {
            heard.add(change.state().name());
            if (change.state() == KeeperState.SyncConnected) {
                of.validity.connected(change.attemptedAt(), handle.timeout());
            }
        }

        @Override
        public void proved(Wire by) {
            heard.add("proved");
        }

        @Override
        public boolean leads() {
            return false;
        }
    }

    @Test
    void nothingIsHeardOfOneWhoseClientWasGivenUpBeforeItsHandleWasMade() {
        wanted = false;
        wire.changed(KeeperState.SyncConnected, time.now());
        wire.opened(handle);
        time.advance(SECOND);
        assertThat(heard).isEmpty();
    }

    private Moment connect() {
        Moment now = time.now();
        wire.opened(handle);
        wire.changed(KeeperState.SyncConnected, now);
        time.advance(SECOND);
        heard.clear();
        return now;
    }

    private void note(Wire.Reply reply) {
        heard.add(reply.code() + (reply.isUnknown() ? "?" : ""));
    }

    private void answer(Code code) {
        handle.answer(code.intValue());
        time.advance(Duration.ofMillis(2));
    }

    private Moment provedWrite() {
        Moment now = time.now();
        wire.setData("/a", new byte[0], this::note);
        time.advance(Duration.ofMillis(100));
        answer(Code.OK);
        return now;
    }

    @Test
    void aWriteProvesTheSessionFromItsSending() {
        connect();
        Moment sentAt = provedWrite();
        assertThat(heard).containsExactly("proved", "OK");
        assertThat(Objects.requireNonNull(wire.validity.proof()).aliveAt()).isEqualTo(sentAt);
    }

    @Test
    void creationsAndDeletionsAreWritesAsWell() {
        connect();
        wire.create("/a", new byte[0], CreateMode.EPHEMERAL, this::note);
        answer(Code.OK);
        wire.delete("/a", this::note);
        answer(Code.OK);
        assertThat(heard).containsExactly("proved", "OK", "proved", "OK");
    }

    @Test
    void aReadProvesNothing() {
        connect();
        wire.getData("/a", null, this::note);
        answer(Code.OK);
        wire.getChildren("/a", null, this::note);
        answer(Code.OK);
        wire.exists("/a", null, this::note);
        answer(Code.OK);
        assertThat(heard).containsExactly("OK", "OK", "OK");
        assertThat(wire.validity.proof()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "NONODE", "THROTTLEDOP", "CONNECTIONLOSS", "SYSTEMERROR"})
    void aWriteThatFailedProvesNothing(Code code) {
        connect();
        wire.setData("/a", new byte[0], this::note);
        answer(code);
        assertThat(heard).doesNotContain("proved");
        assertThat(wire.validity.proof()).isNull();
    }

    /** When the servers have heard of the session for certain, after a question that was answered like this. */
    private Moment touchedAfter(Code code) {
        wire.exists("/a", null, this::note);
        answer(code);
        time.advance(SECOND);
        provedWrite();
        return Objects.requireNonNull(wire.validity.proof()).touchedAt();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "CONNECTIONLOSS",
                "SESSIONEXPIRED",
                "AUTHFAILED",
                "SESSIONMOVED",
                "REQUESTTIMEOUT",
                "OPERATIONTIMEOUT"
            })
    void whatTheClientLibraryMakesUpIsUnknownAndTouchesNothing(Code code) {
        Moment connected = connect();
        assertThat(touchedAfter(code)).isEqualTo(connected);
        assertThat(heard).contains(code + "?");
    }

    @ParameterizedTest
    @EnumSource(names = {"OK", "NONODE", "NOAUTH", "THROTTLEDOP", "SYSTEMERROR"})
    void whatTheServersSayIsKnownAndWasATouch(Code code) {
        connect();
        Moment sentAt = time.now();
        assertThat(touchedAfter(code)).isEqualTo(sentAt);
        assertThat(heard).contains(code.name());
    }

    @Test
    void aCodeThatNobodyKnowsIsTrouble() {
        connect();
        wire.getData("/a", null, this::note);
        handle.answer(-4711);
        time.advance(SECOND);
        assertThat(heard).containsExactly("SYSTEMERROR");
    }

    @Test
    void whatHappensBeforeTheHandleIsKnownIsHeardAfterIt() {
        wire.changed(KeeperState.SyncConnected, time.now());
        time.advance(SECOND);
        assertThat(heard).isEmpty();
        wire.opened(handle);
        time.advance(SECOND);
        assertThat(heard).containsExactly("opened", "SyncConnected");
    }

    @Test
    void nothingIsHeardOfASessionThatWasLeft() {
        connect();
        wire.setData("/a", new byte[0], this::note);
        wire.getData("/a", event -> heard.add("event"), this::note);
        wire.leave();
        answer(Code.OK);
        handle.happens(EventType.NodeDeleted);
        time.advance(SECOND);
        assertThat(heard).isEmpty();
        assertThat(wire.validity.proof()).isNull();
    }

    @Test
    void aWatchTellsOfItsNodeAndNotOfTheConnection() {
        connect();
        wire.getData("/a", event -> heard.add("event"), this::note);
        handle.happens(EventType.None);
        time.advance(SECOND);
        assertThat(heard).isEmpty();
        handle.happens(EventType.NodeDeleted);
        time.advance(SECOND);
        assertThat(heard).containsExactly("event");
    }

    /** The client library keeps equal watches once. */
    @Test
    void watchesOfOneListenerAreEqual() {
        connect();
        Consumer<WatchedEvent> listener = event -> {};
        wire.getData("/a", listener, this::note);
        Watcher first = handle.watcher;
        wire.exists("/a", listener, this::note);
        assertThat(handle.watcher).isNotNull().isEqualTo(first);
        wire.getChildren("/a", null, this::note);
        assertThat(handle.watcher).isNull();
    }

    /** A handle whose requests wait to be answered. */
    private static final class Pending implements Handle {
        private final List<Answered> waiting = new ArrayList<>();
        private @Nullable Watcher watcher;

        void answer(int code) {
            List<Answered> now = List.copyOf(waiting);
            waiting.clear();
            now.forEach(then -> then.answer(code, "/a", null, null, null, new Stat()));
        }

        void happens(EventType type) {
            Objects.requireNonNull(watcher).process(new WatchedEvent(type, KeeperState.SyncConnected, "/a"));
        }

        @Override
        public long sessionId() {
            return 7;
        }

        @Override
        public byte[] password() {
            return new byte[0];
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(10);
        }

        @Override
        public boolean isRejected() {
            return false;
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {
            waiting.add(then);
        }

        @Override
        public void setData(String path, byte[] data, Answered then) {
            waiting.add(then);
        }

        @Override
        public void delete(String path, Answered then) {
            waiting.add(then);
        }

        @Override
        public void getData(String path, @Nullable Watcher by, Answered then) {
            watcher = by;
            waiting.add(then);
        }

        @Override
        public void getChildren(String path, @Nullable Watcher by, Answered then) {
            watcher = by;
            waiting.add(then);
        }

        @Override
        public void exists(String path, @Nullable Watcher by, Answered then) {
            watcher = by;
            waiting.add(then);
        }
    }
}
