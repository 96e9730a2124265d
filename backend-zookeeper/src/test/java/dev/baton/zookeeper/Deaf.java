package dev.baton.zookeeper;

import dev.baton.zookeeper.internal.Handle;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/** A handle that answers nothing. */
record Deaf(BooleanSupplier over) implements Handle {
    @Override
    public boolean isOver() {
        return over.getAsBoolean();
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
        return Stage.TIMING.leaseDuration();
    }

    @Override
    public boolean isRejected() {
        return false;
    }

    @Override
    public void create(String path, byte[] data, CreateMode mode, Answered then) {}

    @Override
    public void setData(String path, byte[] data, Answered then) {}

    @Override
    public void delete(String path, Answered then) {}

    @Override
    public void getData(String path, @Nullable Watcher watcher, Answered then) {}

    @Override
    public void getChildren(String path, @Nullable Watcher watcher, Answered then) {}

    @Override
    public void exists(String path, @Nullable Watcher watcher, Answered then) {}
}
