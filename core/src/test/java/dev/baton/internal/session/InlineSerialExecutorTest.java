package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.fixture.VirtualTime;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What touches a backend's state runs, whatever ran before it. */
class InlineSerialExecutorTest {
    /** Without stack, nothing can be logged. */
    private static final Logger STARVED = (Logger) Proxy.newProxyInstance(
            InlineSerialExecutorTest.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
                throw new StackOverflowError("planted");
            });

    /** Otherwise the backend does nothing any more: no term is renewed, and none begins. */
    @Test
    void stepWhoseFailureCannotBeSaidStopsNothing() {
        List<String> ran = new ArrayList<>();
        InlineSerialExecutor executor = new InlineSerialExecutor(new VirtualTime(1), STARVED);
        executor.execute(() -> {
            executor.execute(() -> ran.add("next"));
            throw new IllegalStateException("planted");
        });
        executor.execute(() -> ran.add("later"));
        assertThat(ran).containsExactly("next", "later");
    }
}
