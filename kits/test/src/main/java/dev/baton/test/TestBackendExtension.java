package dev.baton.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link TestBackend} for a parameter, and closes it after each, with all elections on it.
 *
 * <p>A test, the constructor of its class, and its {@code @BeforeEach} and {@code @AfterEach} methods get the same
 * backend. A backend for {@code @BeforeAll} is shared by all tests of the class.
 */
public final class TestBackendExtension implements ParameterResolver, AfterEachCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(TestBackendExtension.class);

    /** Used by JUnit. */
    public TestBackendExtension() {}

    /** Each test has an instance of its class to itself, and a backend to itself. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestBackend.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(TestBackend.class, absent -> TestBackend.open(), TestBackend.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close(context);
    }

    private static void close(ExtensionContext context) {
        @Nullable TestBackend backend = context.getStore(NAMESPACE).remove(TestBackend.class, TestBackend.class);
        if (backend != null) {
            backend.close();
        }
    }
}
