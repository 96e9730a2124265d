package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.InMemoryRegister;
import dev.baton.spi.LockBackend;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Callbacks find the class loader of the code that built their election, whichever election came first or started the
 * thread.
 */
@Timeout(60)
class CallbackContextTest {
    private final InheritableThreadLocal<String> request = new InheritableThreadLocal<>();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final ClassLoader first = new URLClassLoader(new URL[0], before);
    private final ClassLoader builders = new URLClassLoader(new URL[0], before);
    private final CompletableFuture<Context> found = new CompletableFuture<>();
    private final CompletableFuture<Context> stopped = new CompletableFuture<>();
    private final CompletableFuture<Context> news = new CompletableFuture<>();
    private LockBackend backend = InMemoryRegister.open();

    /** What a callback finds on its thread. */
    private record Context(String request, ClassLoader loader) {}

    @BeforeEach
    void openInsideOfSomebodysRequest() {
        backend.close();
        request.set("of the thread that came first");
        Thread.currentThread().setContextClassLoader(first);
        backend = InMemoryRegister.open();
        LeaderElection.on(backend, "test/first").onStartedLeading(term -> {}).start();
        request.remove();
        Thread.currentThread().setContextClassLoader(builders);
    }

    @AfterEach
    void close() {
        backend.close();
        Thread.currentThread().setContextClassLoader(before);
    }

    private Context here() {
        String said = request.get();
        return new Context(said == null ? "" : said, Thread.currentThread().getContextClassLoader());
    }

    private LeaderElection.Builder election() {
        return LeaderElection.on(backend, "test/second")
                .onLeaderChange(leader -> news.complete(here()))
                .onStartedLeading(term -> found.complete(here()))
                .onStoppedLeading((term, why) -> stopped.complete(here()));
    }

    private void assertThatOfTheBuilder(CompletableFuture<Context> context) {
        assertThat(context.join()).isEqualTo(new Context("", builders));
    }

    @Test
    void callbacksOfATerm() {
        try (LeaderElection election = election().start()) {
            assertThatOfTheBuilder(found);
            election.stepDown();
            assertThatOfTheBuilder(stopped);
            assertThatOfTheBuilder(news);
        }
    }

    /** The backend's threads start its threads, which have a class loader of their own. */
    @Test
    void callbacksOnTheUsersExecutor() {
        ExecutorService users = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "users");
            thread.setContextClassLoader(first);
            return thread;
        });
        try (LeaderElection election = election().callbackExecutor(users).start()) {
            assertThatOfTheBuilder(found);
            election.stepDown();
            assertThatOfTheBuilder(stopped);
            assertThatOfTheBuilder(news);
        }
        users.shutdown();
    }

    @Test
    void stagesOfATerm() {
        CompletableFuture<Context> ended = new CompletableFuture<>();
        try (LeaderElection election = LeaderElection.on(backend, "test/third")
                .onStartedLeading(term -> term.ended().thenRun(() -> ended.complete(here())))
                .start()) {
            org.awaitility.Awaitility.await().until(() -> election.leadership().isPresent());
            election.stepDown();
            assertThatOfTheBuilder(ended);
        }
    }

    @Test
    void closeStage() {
        CompletableFuture<Context> closed = new CompletableFuture<>();
        LeaderElection election = election().start();
        found.join();
        election.closeAsync().thenRun(() -> closed.complete(here()));
        assertThatOfTheBuilder(closed);
    }

    @Test
    void observersListener() {
        try (LeaderObserver observer = LeaderElection.observe(backend, "test/second")
                        .onLeaderChange(leader -> news.complete(here()))
                        .start();
                LeaderElection election = LeaderElection.on(backend, "test/second")
                        .onStartedLeading(term -> {})
                        .start()) {
            assertThat(election.name()).isNotNull();
            assertThatOfTheBuilder(news);
            assertThat(observer.isLive()).isIn(true, false);
        }
    }
}
