package dev.baton.simulation.zookeeper;

import dev.baton.zookeeper.session.Handle;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/** A handle as it is, for mutants to change one thing about it. */
public abstract class Misbehaving implements Handle {
    private final Handle right;

    Misbehaving(Handle right) {
        this.right = right;
    }

    @Override
    public long sessionId() {
        return right.sessionId();
    }

    @Override
    public byte[] password() {
        return right.password();
    }

    @Override
    public Duration timeout() {
        return right.timeout();
    }

    @Override
    public boolean isRejected() {
        return right.isRejected();
    }

    @Override
    public void create(String path, byte[] data, CreateMode mode, Answered then) {
        right.create(path, data, mode, then);
    }

    @Override
    public void setData(String path, byte[] data, Answered then) {
        right.setData(path, data, then);
    }

    @Override
    public void delete(String path, Answered then) {
        right.delete(path, then);
    }

    @Override
    public void getData(String path, @Nullable Watcher watcher, Answered then) {
        right.getData(path, watcher, then);
    }

    @Override
    public void getChildren(String path, @Nullable Watcher watcher, Answered then) {
        right.getChildren(path, watcher, then);
    }

    @Override
    public void exists(String path, @Nullable Watcher watcher, Answered then) {
        right.exists(path, watcher, then);
    }

    /** Reads where it should write, so that an answered read counts as an acknowledged write. */
    public static final class Reading extends Misbehaving {
        public Reading(Handle right) {
            super(right);
        }

        @Override
        public void setData(String path, byte[] data, Answered then) {
            exists(path, null, then);
        }
    }

    /** Remembers the first timeout that was granted. */
    public static final class Remembering extends Misbehaving {
        private Duration first = Duration.ZERO;

        public Remembering(Handle right) {
            super(right);
        }

        @Override
        public Duration timeout() {
            Duration now = super.timeout();
            if (first.isZero()) {
                first = now;
            }
            return now.isZero() ? now : first;
        }
    }

    /** Takes a create whose answer was lost for one that was refused. */
    public static final class Sure extends Misbehaving {
        public Sure(Handle right) {
            super(right);
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {
            super.create(
                    path,
                    data,
                    mode,
                    (code, asked, name, read, children, stat) -> then.answer(
                            code == Code.CONNECTIONLOSS.intValue() ? Code.SYSTEMERROR.intValue() : code,
                            asked,
                            name,
                            read,
                            children,
                            stat));
        }
    }
}
