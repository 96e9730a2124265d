package dev.baton;

import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.InMemoryRegister;
import dev.baton.spi.Chance;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaderObserverTest {
    /** Hands out its watcher, as a store whose changes arrive after the observer has closed. */
    private static final class Talkative extends ForwardingBackend {
        private final CompletableFuture<ElectionWatcher> watcher = new CompletableFuture<>();

        Talkative(LockBackend backend) {
            super(backend);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher heard) {
            watcher.complete(heard);
            return () -> {};
        }
    }

    @Test
    void closedObserverSeesAndTellsNothingMore() {
        try (Talkative backend = new Talkative(InMemoryRegister.open())) {
            List<Optional<Holder>> told = new CopyOnWriteArrayList<>();
            LeaderObserver observer = LeaderElection.observe(backend, "test/it")
                    .onLeaderChange(told::add)
                    .start();
            ElectionWatcher watcher = backend.watcher.join();
            observer.close();

            watcher.watching(true);
            watcher.held(new Holder("late", null, null, null, null, -1), Chance.now());
            CompletableFuture<Void> heard = new CompletableFuture<>();
            backend.runtime().timekeeper().execute(() -> heard.complete(null));
            heard.join();

            assertThat(observer.currentLeader()).isEmpty();
            assertThat(observer.isLive()).isFalse();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void newsThatWaitForTheListenerAreNotToldOnceClosed() {
        try (Talkative backend = new Talkative(InMemoryRegister.open())) {
            List<Optional<Holder>> told = new CopyOnWriteArrayList<>();
            CompletableFuture<Thread> busy = new CompletableFuture<>();
            CompletableFuture<Void> goOn = new CompletableFuture<>();
            LeaderObserver observer = LeaderElection.observe(backend, "test/it")
                    .onLeaderChange(leader -> {
                        told.add(leader);
                        busy.complete(Thread.currentThread());
                        goOn.join();
                    })
                    .start();
            ElectionWatcher watcher = backend.watcher.join();
            watcher.held(new Holder("first", null, null, null, null, -1), Chance.now());
            Thread lane = busy.join();
            watcher.vacant();
            await().until(() -> observer.currentLeader().isEmpty());

            observer.close();
            goOn.complete(null);

            // Back in its pool, where it waits for work for a while.
            await().until(() -> lane.getState() == Thread.State.TIMED_WAITING);
            assertThat(told).hasSize(1);
        }
    }
}
