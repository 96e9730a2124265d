package dev.baton.zookeeper;

import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * A handle of ZooKeeper's own client library.
 *
 * @param over whether a thread of the library has ended
 */
record ServedHandle(ZooKeeper zooKeeper, Function<String, List<ACL>> acls, BooleanSupplier over) implements Handle {
    @Override
    public boolean isOver() {
        return over.getAsBoolean();
    }

    @Override
    public long sessionId() {
        return zooKeeper.getSessionId();
    }

    @Override
    public byte[] password() {
        return zooKeeper.getSessionPasswd();
    }

    @Override
    public Duration timeout() {
        return Duration.ofMillis(zooKeeper.getSessionTimeout());
    }

    @Override
    public boolean isRejected() {
        return zooKeeper.getState() == ZooKeeper.States.AUTH_FAILED;
    }

    @Override
    public void create(String path, byte[] data, CreateMode mode, Answered then) {
        AsyncCallback.Create2Callback answer =
                (code, asked, context, name, stat) -> then.answer(code, asked, name, null, null, stat);
        zooKeeper.create(path, data, acls.apply(path), mode, answer, null);
    }

    @Override
    public void setData(String path, byte[] data, Answered then) {
        zooKeeper.setData(path, data, -1, stat(then), null);
    }

    @Override
    public void delete(String path, Answered then) {
        AsyncCallback.VoidCallback answer = (code, asked, context) -> then.answer(code, asked, null, null, null, null);
        zooKeeper.delete(path, -1, answer, null);
    }

    @Override
    public void getData(String path, @Nullable Watcher watcher, Answered then) {
        AsyncCallback.DataCallback answer =
                (code, asked, context, data, stat) -> then.answer(code, asked, null, data, null, stat);
        zooKeeper.getData(path, watcher, answer, null);
    }

    @Override
    public void getChildren(String path, @Nullable Watcher watcher, Answered then) {
        AsyncCallback.ChildrenCallback answer =
                (code, asked, context, children) -> then.answer(code, asked, null, null, children, null);
        zooKeeper.getChildren(path, watcher, answer, null);
    }

    @Override
    public void exists(String path, @Nullable Watcher watcher, Answered then) {
        zooKeeper.exists(path, watcher, stat(then), null);
    }

    private static AsyncCallback.StatCallback stat(Answered then) {
        return (code, asked, context, stat) -> then.answer(code, asked, null, null, null, stat);
    }
}
