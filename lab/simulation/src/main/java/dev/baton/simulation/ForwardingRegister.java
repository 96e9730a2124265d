package dev.baton.simulation;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A register as it is, for a mutant to change one thing about it. */
public class ForwardingRegister implements Register {
    private final Register right;

    /** @param right the register that does everything, until a subclass changes a part of it */
    public ForwardingRegister(Register right) {
        this.right = right;
    }

    @Override
    public String kind() {
        return right.kind();
    }

    @Override
    public BackendRuntime runtime() {
        return right.runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        right.check(election, timing);
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        return right.read(election);
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        return right.write(election, expected, next);
    }

    @Override
    public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
        return right.watch(election, watcher);
    }

    @Override
    public void close() {
        right.close();
    }
}
