package dev.baton.interleaving;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/** Runs a scenario, a class whose operations are a thread's each, in one order of their steps after another. */
final class Orders {
    private Orders() {}

    /** @throws AssertionError with the order in which an operation or the validation threw, or in which all threads wait */
    static void explore(Class<?> scenario, int orders) {
        new ModelCheckingOptions()
                .iterations(0)
                .addCustomScenario(allAtOnce(scenario))
                .invocationsPerIteration(orders)
                .minimizeFailedScenario(false)
                .verifier(NothingThrown.class)
                .check(scenario);
    }

    private static ExecutionScenario allAtOnce(Class<?> scenario) {
        List<List<Actor>> threads = Arrays.stream(scenario.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Operation.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> List.of(new Actor(method, List.of())))
                .toList();
        return new ExecutionScenario(List.of(), threads, List.of(), null);
    }

    /** Operations answer nothing and throw where something is wrong. */
    public static final class NothingThrown implements Verifier {
        /** As Lincheck makes one. */
        public NothingThrown(Class<?> specification) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            return results.getParallelResultsWithClock().stream()
                    .flatMap(List::stream)
                    .noneMatch(each -> each.getResult() instanceof ExceptionResult);
        }
    }
}
