package dev.baton.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.zookeeper.internal.Handle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What leaves by ZooKeeper's own client library, request by request, and what is made of each answer. */
class ServedHandleTest {
    private static final byte[] DATA = "app-1".getBytes(StandardCharsets.UTF_8);
    private static final Watcher OURS = event -> {};
    private static final List<ACL> ACLS = ZooDefs.Ids.CREATOR_ALL_ACL;

    private final Recording library = new Recording();
    private final Handle handle = new ServedHandle(library, path -> path.equals("/a") ? ACLS : List.of(), () -> false);
    private final List<String> answers = new ArrayList<>();
    private final Stat stat = new Stat();

    ServedHandleTest() throws IOException {}

    @AfterEach
    void close() throws InterruptedException {
        library.close();
    }

    private void answered(
            int code,
            String path,
            @Nullable String name,
            byte @Nullable [] data,
            @Nullable List<String> children,
            @Nullable Stat found) {
        answers.add(code + " " + path + " " + name + " "
                + (data == null ? null : new String(data, StandardCharsets.UTF_8)) + " " + children + " "
                + (found == null ? null : found.equals(stat)));
    }

    @Test
    void aCreateHasItsDataItsModeAndTheAclOfItsPath() {
        handle.create("/a", DATA, CreateMode.EPHEMERAL_SEQUENTIAL, this::answered);
        assertThat(library.asked).containsExactly("create /a app-1 " + ACLS + " EPHEMERAL_SEQUENTIAL");
        ((AsyncCallback.Create2Callback) library.callback).processResult(0, "/a", null, "/a1", stat);
        assertThat(answers).containsExactly("0 /a /a1 null null true");
    }

    @Test
    void aWriteToTheHeartbeatIsOfAnyVersion() {
        handle.setData("/a", DATA, this::answered);
        assertThat(library.asked).containsExactly("set /a app-1 -1");
        ((AsyncCallback.StatCallback) library.callback).processResult(Code.NONODE.intValue(), "/a", null, null);
        assertThat(answers).containsExactly("-101 /a null null null null");
    }

    @Test
    void aDeletionIsOfAnyVersion() {
        handle.delete("/a", this::answered);
        assertThat(library.asked).containsExactly("delete /a -1");
        ((AsyncCallback.VoidCallback) library.callback).processResult(0, "/a", null);
        assertThat(answers).containsExactly("0 /a null null null null");
    }

    @Test
    void aReadLeavesItsWatchAndBringsTheData() {
        handle.getData("/a", OURS, this::answered);
        assertThat(library.asked).containsExactly("get /a true");
        ((AsyncCallback.DataCallback) library.callback).processResult(0, "/a", null, DATA, stat);
        assertThat(answers).containsExactly("0 /a null app-1 null true");
    }

    @Test
    void aListingLeavesItsWatchAndBringsTheChildren() {
        handle.getChildren("/a", OURS, this::answered);
        assertThat(library.asked).containsExactly("list /a true");
        ((AsyncCallback.ChildrenCallback) library.callback).processResult(0, "/a", null, Arrays.asList("b", "c"));
        assertThat(answers).containsExactly("0 /a null null [b, c] null");
    }

    @Test
    void aQuestionLeavesItsWatchAndBringsTheStat() {
        handle.exists("/a", OURS, this::answered);
        assertThat(library.asked).containsExactly("exists /a true");
        ((AsyncCallback.StatCallback) library.callback).processResult(0, "/a", null, stat);
        assertThat(answers).containsExactly("0 /a null null null true");
    }

    @Test
    void whatIsKnownOfTheSessionIsTheLibrarys() {
        assertThat(handle.sessionId()).isEqualTo(7);
        assertThat(handle.timeout()).isEqualTo(Duration.ofMillis(4_500));
        assertThat(handle.password()).containsExactly(1, 2);
        assertThat(handle.isRejected()).isFalse();
        library.state = ZooKeeper.States.AUTH_FAILED;
        assertThat(handle.isRejected()).isTrue();
    }

    /** The client library, that keeps what it is asked and sends nothing. */
    @SuppressWarnings("try") // its close is the library's, and may be interrupted
    private static final class Recording extends ZooKeeper {
        private final List<String> asked = new ArrayList<>();
        private Object callback = "none yet";
        private States state = States.CONNECTED;

        Recording() throws IOException {
            // Nobody listens there.
            super("127.0.0.1:1", 4_000, event -> {});
        }

        private static boolean isOurs(Watcher given) {
            return given == OURS;
        }

        @Override
        public void create(
                String path,
                byte[] data,
                List<ACL> acl,
                CreateMode mode,
                AsyncCallback.Create2Callback then,
                Object context) {
            asked.add("create " + path + " " + new String(data, StandardCharsets.UTF_8) + " " + acl + " " + mode);
            callback = then;
        }

        @Override
        public void setData(String path, byte[] data, int version, AsyncCallback.StatCallback then, Object context) {
            asked.add("set " + path + " " + new String(data, StandardCharsets.UTF_8) + " " + version);
            callback = then;
        }

        @Override
        public void delete(String path, int version, AsyncCallback.VoidCallback then, Object context) {
            asked.add("delete " + path + " " + version);
            callback = then;
        }

        @Override
        public void getData(String path, Watcher by, AsyncCallback.DataCallback then, Object context) {
            asked.add("get " + path + " " + isOurs(by));
            callback = then;
        }

        @Override
        public void getChildren(String path, Watcher by, AsyncCallback.ChildrenCallback then, Object context) {
            asked.add("list " + path + " " + isOurs(by));
            callback = then;
        }

        @Override
        public void exists(String path, Watcher by, AsyncCallback.StatCallback then, Object context) {
            asked.add("exists " + path + " " + isOurs(by));
            callback = then;
        }

        @Override
        public States getState() {
            return state;
        }

        @Override
        public byte[] getSessionPasswd() {
            return new byte[] {1, 2};
        }

        @Override
        public long getSessionId() {
            return 7;
        }

        @Override
        public int getSessionTimeout() {
            return 4_500;
        }
    }
}
