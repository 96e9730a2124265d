package dev.baton.conformance.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.baton.conformance.BackendHarness;
import dev.baton.conformance.LockBackendConformance;
import dev.baton.testing.servers.FullLane;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Each deliberate mistake is told from the rest: by the rules that it breaks and by no other, in words that help. */
class WrongBackendsTest {
    private static final Pattern RULE = Pattern.compile("required_rule(\\d)_(\\d)_");

    /** The kit on one mistake: what rests on chance is left out, so that the outcome does not. */
    @ExtendWith(Chosen.class)
    @Execution(ExecutionMode.CONCURRENT)
    static final class Kit extends LockBackendConformance {
        private @Nullable Wrong wrong;

        @Override
        protected BackendHarness harness() {
            return Objects.requireNonNull(wrong).harness();
        }

        @Override
        protected Path reports() {
            return Path.of("target", "conformance-of-wrong-backends");
        }
    }

    static final class Chosen implements TestInstancePostProcessor, ExecutionCondition {
        @Override
        public void postProcessTestInstance(Object instance, ExtensionContext context) {
            ((Kit) instance).wrong =
                    Wrong.valueOf(context.getConfigurationParameter("wrong").orElseThrow());
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean needed = context.getTestMethod()
                    .map(method -> method.getName().startsWith("required_"))
                    .orElse(true);
            return needed
                    ? ConditionEvaluationResult.enabled("required")
                    : ConditionEvaluationResult.disabled("rests on chance");
        }
    }

    @FullLane("runs the kit on 46 wrong backends, three minutes")
    @ParameterizedTest
    @EnumSource
    void isRejectedByExactlyTheRulesItBreaks(Wrong wrong) {
        Map<String, String> failures = failures(wrong);

        Set<String> broken = failures.keySet().stream()
                .map(WrongBackendsTest::ruleOf)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(broken).as("rules broken, by %s", failures).isEqualTo(new TreeSet<>(wrong.rules()));
        assertThat(failures.values())
                .as("what was told")
                .anySatisfy(told -> assertThat(told).contains(wrong.told()));
        assertThat(failures)
                .allSatisfy((test, told) -> assertThat(told)
                        .startsWith("rule " + ruleOf(test) + " is broken: ")
                        .contains("\n  seen: ", "\n  look first at: ", "docs/spi-specification.md, " + ruleOf(test)));
    }

    /** What each test that failed said. */
    private static Map<String, String> failures(Wrong wrong) {
        List<Event> failed = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Kit.class))
                .configurationParameter("wrong", wrong.name())
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "6")
                .execute()
                .allEvents()
                .failed()
                .list();
        Map<String, String> failures = new TreeMap<>();
        for (Event event : failed) {
            String told = event.getRequiredPayload(TestExecutionResult.class)
                    .getThrowable()
                    .map(Throwable::getMessage)
                    .orElse("nothing");
            failures.put(event.getTestDescriptor().getDisplayName(), told);
        }
        return failures;
    }

    private static String ruleOf(String test) {
        Matcher name = RULE.matcher(test);
        return name.find() ? name.group(1) + "." + name.group(2) : test.toLowerCase(Locale.ROOT);
    }

    /** A rule that no mistake breaks is one that the kit has not been seen to check. */
    @Test
    void everyRuleThatTheKitRequiresOfABackendIsBrokenByOne() {
        Set<String> required = Stream.<Class<?>>iterate(
                        LockBackendConformance.class, type -> type != Object.class, Class::getSuperclass)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(Method::getName)
                .filter(name -> RULE.matcher(name).find())
                .map(WrongBackendsTest::ruleOf)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> broken = Arrays.stream(Wrong.values())
                .flatMap(wrong -> wrong.rules().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        // A late answer is the machine's to refuse: no backend can make core begin a term from it.
        broken.add("3.2");
        assertThat(broken).isEqualTo(required);
    }
}
