package dev.baton.simulation.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.zookeeper.internal.Handle;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** What a client asks of its server. */
record Request(
        Op op,
        String path,
        String data,
        CreateMode mode,
        @Nullable Watcher watcher,
        Handle.Answered then) {
    enum Op {
        CREATE,
        SET,
        DELETE,
        DATA,
        CHILDREN,
        EXISTS,
        PING,
        CLOSE;

        /** Whether the servers ask before it whether the client may do that, now. */
        boolean isPermitted() {
            return this == CREATE || this == SET || this == DELETE || this == DATA || this == CHILDREN;
        }

        boolean isWrite() {
            return this == CREATE || this == SET || this == DELETE || this == CLOSE;
        }
    }

    static Request read(Op op, String path, @Nullable Watcher watcher, Handle.Answered then) {
        return new Request(op, path, "", CreateMode.PERSISTENT, watcher, then);
    }

    static Request write(Op op, String path, String data, CreateMode mode, Handle.Answered then) {
        return new Request(op, path, data, mode, null, then);
    }

    static Request bare(Op op) {
        return read(op, "", null, (code, path, name, data, children, stat) -> {});
    }

    void answer(Reply reply) {
        String data = reply.data();
        byte[] bytes = data == null ? null : data.getBytes(UTF_8);
        then.answer(reply.code().intValue(), path, reply.name(), bytes, reply.children(), reply.stat());
    }

    void lost(Code why) {
        then.answer(why.intValue(), path, null, null, null, null);
    }

    /** What the server says to that, knowing everything up to {@code zxid}. */
    record Reply(
            Code code,
            @Nullable String name,
            @Nullable String data,
            @Nullable List<String> children,
            @Nullable Stat stat,
            long zxid) {
        static Reply of(Code code, long zxid) {
            return new Reply(code, null, null, null, null, zxid);
        }
    }
}
