package dev.baton.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What forwards forwards everything: a method with a default, added later, is easily forgotten. */
class ForwardingTest {
    private final List<String> heard = new ArrayList<>();

    @Test
    void backendForwardsEveryMethod() throws ReflectiveOperationException {
        assertForwards(LockBackend.class, new ForwardingBackend(listening(LockBackend.class)));
    }

    @Test
    void runtimeForwardsEveryMethod() throws ReflectiveOperationException {
        ForwardingRuntime runtime = new ForwardingRuntime(listening(BackendRuntime.class));

        assertForwards(BackendRuntime.class, runtime, "timekeeper", "logger");
        assertForwards(Timekeeper.class, runtime);
    }

    /** {@code apart} are those of which one is made of another, or of the forwarder itself. */
    private <T> void assertForwards(Class<T> contract, T forwarder, String... apart)
            throws ReflectiveOperationException {
        for (Method method : contract.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) || List.of(apart).contains(method.getName())) {
                continue;
            }
            heard.clear();
            method.invoke(forwarder, samples(method.getParameterTypes()));
            assertThat(heard).as("what %s calls", method).contains(method.getName());
        }
    }

    private <T> T listening(Class<T> contract) {
        InvocationHandler hears = (proxy, method, arguments) -> {
            heard.add(method.getName());
            return sample(method.getReturnType());
        };
        return contract.cast(Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, hears));
    }

    private @Nullable Object[] samples(Class<?>[] types) {
        @Nullable Object[] samples = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            samples[i] = sample(types[i]);
        }
        return samples;
    }

    private @Nullable Object sample(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == Duration.class) {
            return Duration.ZERO;
        }
        return type == Timekeeper.class ? listening(Timekeeper.class) : null;
    }
}
