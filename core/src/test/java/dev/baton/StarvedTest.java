package dev.baton;

import static dev.baton.fixture.Samples.QUICK;
import static dev.baton.fixture.Samples.seconds;
import static dev.baton.fixture.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.fixture.Waits;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** A JVM that has no memory for a while: afterwards everything goes on, though anything may have been lost meanwhile. */
@Timeout(300)
class StarvedTest {
    private static final int ELECTIONS = 10;

    private final Starved runtime = new Starved(BackendRuntime.start("starved", false));
    private final LockBackend backend = new RegisterBackend(InMemoryRegister.on(runtime), 0);
    private final Set<String> working = ConcurrentHashMap.newKeySet();
    private final AtomicInteger begun = new AtomicInteger();

    private List<LeaderElection> start() {
        List<LeaderElection> elections = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            String name = "orders/e" + i;
            elections.add(LeaderElection.on(backend, name)
                    .timing(QUICK)
                    .onStartedLeading(term -> {
                        working.add(name);
                        begun.incrementAndGet();
                    })
                    .onStoppedLeading((term, why) -> working.remove(name))
                    .start());
        }
        return elections;
    }

    /** Each of what is refused alone, since it is lost in another place. */
    @ParameterizedTest
    @ValueSource(strings = {"execute", "schedule", "send", "sendNext", "callbacks", "tell", "now", "log", "all"})
    void everyElectionLeadsAgainAfterMemoryWasShortForAWhile(String what) {
        List<LeaderElection> elections = start();
        await().until(() -> working.size() == ELECTIONS);
        Moment until = runtime.truly().plus(seconds(3));
        runtime.refuses = what;
        await().until(() -> runtime.truly().hasReached(until));
        runtime.refuses = "";
        await().until(() -> working.size() == ELECTIONS
                && elections.stream()
                        .allMatch(election -> election.leadership()
                                .filter(Leadership::acceptsWork)
                                .isPresent())
                && elections.stream().allMatch(election -> election.health().healthy()));
        backend.close();
        assertThat(elections).allMatch(election -> election.health().state().equals("stopped"));
        assertThat(working).isEmpty();
    }

    /** The JVM had no thread to complete the stage when it was due. */
    @Test
    void stageOfAnElectionThatStoppedMeanwhileIsToldOnceThereIsAThread() {
        LeaderElection election = start().get(0);
        await().until(() -> working.size() == ELECTIONS);
        election.withdraw();
        await().until(() -> election.health().state().equals("standing-by"));
        runtime.refuses = "callbacks";
        CompletableFuture<Void> closed = election.closeAsync().toCompletableFuture();
        await().until(() -> election.health().state().equals("stopped"));
        runtime.refuses = "";
        assertThat(closed).succeedsWithin(Waits.LIMIT);
        backend.close();
    }

    /** Without this the others might prove nothing. */
    @Test
    void shortageIsFelt() {
        start();
        await().until(() -> working.size() == ELECTIONS);
        runtime.refuses = "all";
        await().until(() -> runtime.refused.get() > ELECTIONS);
        runtime.refuses = "";
        backend.close();
    }

    /** Throws OutOfMemoryError from the call that it has to refuse. */
    private static final class Starved extends ForwardingRuntime {
        private final AtomicInteger refused = new AtomicInteger();
        private volatile String refuses = "";

        Starved(BackendRuntime right) {
            super(right);
        }

        Moment truly() {
            return super.now();
        }

        private void need(String what) {
            if (refuses.equals(what) || refuses.equals("all")) {
                refused.incrementAndGet();
                throw new OutOfMemoryError("planted");
            }
        }

        @Override
        public Moment now() {
            need("now");
            return super.now();
        }

        @Override
        public void execute(Runnable task) {
            need("execute");
            super.execute(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            need("schedule");
            return super.schedule(delay, task);
        }

        @Override
        public <T> CompletionStage<T> send(Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
            need("send");
            return super.send(priority, deadline, call);
        }

        @Override
        public <T> CompletionStage<T> sendNext(Supplier<CompletionStage<T>> call) {
            need("sendNext");
            return super.sendNext(call);
        }

        @Override
        public Executor callbacks() {
            return task -> {
                need("callbacks");
                super.callbacks().execute(task);
            };
        }

        @Override
        public void tell(Runnable report) {
            need("tell");
            super.tell(report);
        }

        @Override
        public Logger logger(String name) {
            Logger written = super.logger(name);
            return (Logger) Proxy.newProxyInstance(
                    Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                        need("log");
                        return method.invoke(written, arguments);
                    });
        }
    }
}
