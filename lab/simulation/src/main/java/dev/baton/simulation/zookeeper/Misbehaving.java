package dev.baton.simulation.zookeeper;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import dev.baton.zookeeper.internal.Clients;
import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
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
                            code == Code.CONNECTIONLOSS.intValue() ? Code.NOAUTH.intValue() : code,
                            asked,
                            name,
                            read,
                            children,
                            stat));
        }
    }

    /** Takes a delete whose answer was lost for one that was carried out. */
    public static final class Hopeful extends Misbehaving {
        public Hopeful(Handle right) {
            super(right);
        }

        @Override
        public void delete(String path, Answered then) {
            super.delete(
                    path,
                    (code, asked, name, read, children, stat) -> then.answer(
                            code == Code.CONNECTIONLOSS.intValue() ? Code.OK.intValue() : code,
                            asked,
                            name,
                            read,
                            children,
                            stat));
        }
    }

    /** An answer as it is told, but for its code. */
    private static Answered construed(Answered then, IntUnaryOperator meaning) {
        return (code, asked, name, read, children, stat) ->
                then.answer(meaning.applyAsInt(code), asked, name, read, children, stat);
    }

    /** Does not ask again for what was refused with {@code why}, but takes it to be refused for good. */
    private abstract static class Resigned extends Misbehaving {
        private final Timekeeper time;
        private final Code why;
        private boolean refused;

        Resigned(Handle right, Timekeeper time, Code why) {
            super(right);
            this.time = time;
            this.why = why;
        }

        void ask(String path, Answered then, Consumer<Answered> asking) {
            if (refused) {
                time.execute(() -> then.answer(why.intValue(), path, null, null, null, null));
                return;
            }
            asking.accept(construed(then, code -> {
                refused |= code == why.intValue();
                return code;
            }));
        }
    }

    /** Does not list what it once might not list. */
    public static final class Unlisting extends Resigned {
        public Unlisting(Handle right, Timekeeper time) {
            super(right, time, Code.NOAUTH);
        }

        @Override
        public void getChildren(String path, @Nullable Watcher watcher, Answered then) {
            ask(path, then, answer -> super.getChildren(path, watcher, answer));
        }
    }

    /** Creates nothing where a quota was once exceeded. */
    public static final class Frugal extends Resigned {
        public Frugal(Handle right, Timekeeper time) {
            super(right, time, Code.QUOTAEXCEEDED);
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {
            ask(path, then, answer -> super.create(path, data, mode, answer));
        }
    }

    /** Takes a node for deleted that may not be, or not now. */
    public static final class Dismissed extends Misbehaving {
        public Dismissed(Handle right) {
            super(right);
        }

        @Override
        public void delete(String path, Answered then) {
            super.delete(
                    path,
                    construed(
                            then,
                            code -> code == Code.NOAUTH.intValue() || code == Code.THROTTLEDOP.intValue()
                                    ? Code.NONODE.intValue()
                                    : code));
        }
    }

    /** Shows sequence numbers where the transaction's belongs. */
    public static final class Counting extends Misbehaving {
        private static final int DIGITS = 10;

        public Counting(Handle right) {
            super(right);
        }

        @Override
        public void create(String path, byte[] data, CreateMode mode, Answered then) {
            super.create(path, data, mode, numbered(then));
        }

        @Override
        public void exists(String path, @Nullable Watcher watcher, Answered then) {
            super.exists(path, watcher, numbered(then));
        }

        @Override
        public void getData(String path, @Nullable Watcher watcher, Answered then) {
            super.getData(path, watcher, numbered(then));
        }

        private static Answered numbered(Answered then) {
            return (code, asked, name, read, children, stat) -> {
                String made = name == null ? asked : name;
                String end = made.substring(Math.max(0, made.length() - DIGITS));
                if (stat != null && end.chars().allMatch(Character::isDigit)) {
                    stat.setCzxid(Long.parseLong(end));
                }
                then.answer(code, asked, name, read, children, stat);
            };
        }
    }

    /** A connection as it is told of, for mutants to change one thing about it. */
    private abstract static class Telling implements Clients.Connection {
        private final Clients.Connection right;

        Telling(Clients.Connection right) {
            this.right = right;
        }

        @Override
        public void opened(Handle handle) {
            right.opened(handle);
        }

        @Override
        public void changed(KeeperState state, @Nullable Moment attemptedAt) {
            right.changed(state, attemptedAt);
        }

        @Override
        public boolean isUrgent() {
            return right.isUrgent();
        }
    }

    /** Takes a connection's attempt to have begun when the connection is heard of. */
    public static final class Hearing extends Telling {
        private final Timekeeper time;

        public Hearing(Clients.Connection right, Timekeeper time) {
            super(right);
            this.time = time;
        }

        @Override
        public void changed(KeeperState state, @Nullable Moment attemptedAt) {
            super.changed(state, state == KeeperState.SyncConnected ? time.now() : attemptedAt);
        }
    }
}
