package dev.baton.cli;

import dev.baton.LeaderElection;
import dev.baton.spi.LockBackend;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;

/** A test with servers, clients and candidates of its own, which end with it, the newest first. */
public abstract class OnRealServers {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    final void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    protected final <T extends AutoCloseable> T later(T resource) {
        open.push(resource);
        return resource;
    }

    /** One that leads without doing anything; its backend ends with it. */
    protected final LeaderElection candidate(LockBackend backend, String election, String identity) {
        later(backend);
        return later(LeaderElection.on(backend, election)
                .identity(identity)
                .onStartedLeading(term -> {})
                .start());
    }
}
