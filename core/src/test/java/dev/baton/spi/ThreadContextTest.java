package dev.baton.spi;

import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.BackendRuntime.Priority;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No thread of a runtime takes anything along from the thread that happens to start it. */
@Timeout(60)
class ThreadContextTest {
    private static final ClassLoader BATONS = BackendRuntime.class.getClassLoader();

    private final InheritableThreadLocal<String> request = new InheritableThreadLocal<>();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private ThreadedRuntime runtime = ThreadedRuntime.start("unused", false, 1);

    /** What a task finds on its thread. */
    private record Context(
            @Nullable String request, @Nullable ClassLoader loader) {}

    @BeforeEach
    void startInsideOfSomebodysRequest() {
        runtime.close();
        request.set("of the thread that came first");
        Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], before));
        runtime = ThreadedRuntime.start("context", true, 128);
    }

    @AfterEach
    void close() {
        runtime.close();
        Thread.currentThread().setContextClassLoader(before);
    }

    private Context here() {
        return new Context(request.get(), Thread.currentThread().getContextClassLoader());
    }

    private void assertNothingInherited(CompletionStage<Context> found) {
        assertThat(found.toCompletableFuture().join()).isEqualTo(new Context(null, BATONS));
    }

    @Test
    void loopInheritsNothing() {
        CompletableFuture<Context> found = new CompletableFuture<>();
        runtime.execute(() -> found.complete(here()));
        assertNothingInherited(found);
        CompletableFuture<Context> later = new CompletableFuture<>();
        runtime.schedule(Duration.ofNanos(1), () -> later.complete(here()));
        assertNothingInherited(later);
    }

    @Test
    void senderInheritsNothing() {
        assertNothingInherited(
                runtime.send(Priority.RENEW, runtime.now(), () -> CompletableFuture.completedFuture(here())));
    }

    @Test
    void callbackThreadsInheritNothing() {
        CompletableFuture<Context> found = new CompletableFuture<>();
        runtime.callbacks().execute(() -> found.complete(here()));
        assertNothingInherited(found);
    }

    @Test
    void shutdownHookInheritsNothing() {
        CompletableFuture<Context> found = new CompletableFuture<>();
        runtime.register(new BackendRuntime.OpenElection() {
            @Override
            public CompletionStage<Void> closeAsync() {
                found.complete(here());
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void abandon() {
                // There is no term to end.
            }
        });
        assertThat(runtime).extracting("hook").satisfies(hook -> ((Thread) hook).start());
        assertNothingInherited(found);
        await().until(() -> found.isDone());
    }
}
