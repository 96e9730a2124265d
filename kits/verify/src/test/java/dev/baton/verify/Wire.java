package dev.baton.verify;

import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One instance's way to a register that others use as well; it can be cut, and then nothing passes. */
final class Wire implements Register {
    private final BackendRuntime runtime = BackendRuntime.start("wire", false);
    private final InMemoryRegister store;
    private volatile boolean cut;

    Wire(InMemoryRegister store) {
        this.store = store;
    }

    LockBackend backend() {
        return new RegisterBackend(this, 0);
    }

    void cut() {
        cut = true;
    }

    @Override
    public String kind() {
        return "wire";
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        return cut ? CompletableFuture.failedFuture(new IOException("no route to the store")) : store.read(election);
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        return cut
                ? CompletableFuture.failedFuture(new IOException("no route to the store"))
                : store.write(election, expected, next);
    }

    @Override
    public LockBackend.Observation watch(ElectionName election, RegisterWatcher watcher) {
        return store.watch(election, new RegisterWatcher() {
            @Override
            public void live(boolean live) {
                watcher.live(live);
            }

            @Override
            public void changed(@Nullable Entry entry, long revision) {
                if (!cut) {
                    watcher.changed(entry, revision);
                }
            }
        });
    }

    @Override
    public void close() {
        runtime.close();
    }
}
