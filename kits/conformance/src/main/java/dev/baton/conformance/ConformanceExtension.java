package dev.baton.conformance;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Hands each test its {@link Scene}, makes every failure name its rule, and writes the report. */
final class ConformanceExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                AfterEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                TestWatcher {
    private static final Namespace KIT = Namespace.create(ConformanceExtension.class);

    /**
     * Hides the stored value from JUnit, some versions of which close stored values at a moment of their own choice.
     */
    private record Kept<T>(T value) {}

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Object test = context.getRequiredTestInstance();
        if (!(test instanceof LockBackendConformance conformance)) {
            throw new IllegalStateException(test.getClass() + " does not extend LockBackendConformance");
        }
        BackendHarness harness = conformance.harness();
        context.getStore(KIT).put(BackendHarness.class, new Kept<>(harness));
        context.getStore(KIT).put(Findings.class, new Kept<>(new Findings()));
        context.getStore(KIT).put(ConformanceReport.class, new ConformanceReport(harness.name()));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        ConformanceReport report = report(context);
        if (report != null && context.getRequiredTestInstance() instanceof LockBackendConformance conformance) {
            Path written = report.write(conformance.reports());
            // A green build does not show how many rules were skipped.
            System.out.println(report.summary(written));
        }
        BackendHarness harness = kept(context, BackendHarness.class);
        if (harness != null) {
            harness.close();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Scene scene = kept(context, Scene.class);
        if (scene != null) {
            scene.close();
        }
    }

    private static @Nullable ConformanceReport report(ExtensionContext context) {
        return context.getStore(KIT).get(ConformanceReport.class, ConformanceReport.class);
    }

    private static <T> @Nullable T kept(ExtensionContext context, Class<T> type) {
        Kept<?> kept = context.getStore(KIT).get(type, Kept.class);
        return kept == null ? null : type.cast(kept.value());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Rule rule = rule(context)
                .orElseThrow(() -> new IllegalStateException("no rule in the name of " + context.getDisplayName()));
        Scene scene = new Scene(
                Objects.requireNonNull(kept(context, BackendHarness.class)),
                rule,
                Objects.requireNonNull(kept(context, Findings.class)));
        context.getStore(KIT).put(Scene.class, new Kept<>(scene));
        return scene;
    }

    private static Optional<Rule> rule(ExtensionContext context) {
        return context.getTestMethod().map(Method::getName).flatMap(Rule::of);
    }

    /**
     * An exception of the backend breaks the rule under test as a wrong answer does, and its message must name the
     * rule.
     */
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (failure instanceof AssertionError || failure instanceof TestAbortedException) {
            throw failure;
        }
        Optional<Rule> rule = rule(context);
        if (rule.isEmpty()) {
            throw failure;
        }
        throw new AssertionFailedError(rule.get().brokenBy("the test could not go on: " + failure), failure);
    }

    // -- outcomes -----------------------------------------------------------------------------------------------------

    @Override
    public void testSuccessful(ExtensionContext context) {
        add(context, ConformanceReport.Outcome.PASSED, "");
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        add(context, ConformanceReport.Outcome.FAILED, String.valueOf(cause.getMessage()));
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        add(context, ConformanceReport.Outcome.SKIPPED, String.valueOf(cause.getMessage()));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        add(context, ConformanceReport.Outcome.SKIPPED, reason.orElse("disabled"));
    }

    private static void add(ExtensionContext context, ConformanceReport.Outcome outcome, String detail) {
        ConformanceReport report = report(context);
        Optional<Rule> rule = rule(context);
        if (report != null && rule.isPresent()) {
            report.add(rule.get(), context.getRequiredTestMethod().getName(), outcome, detail);
        }
    }
}
