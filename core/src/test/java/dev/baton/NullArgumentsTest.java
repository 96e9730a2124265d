package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A call with null fails there, with the parameter's name, and not on another thread later. Held for the setters of
 * builders, static factories and constructors of the packages that applications and backends see, whichever they are.
 */
class NullArgumentsTest {
    private static final List<String> PACKAGES =
            List.of("dev.baton", "dev.baton.event", "dev.baton.register", "dev.baton.spi");
    private static final String TEXT = "orders/reconciler";

    @Test
    void nullIsRefusedAtOnceAndByName() throws IOException, ReflectiveOperationException {
        List<String> looked = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        for (Class<?> type : publicTypes()) {
            for (Executable each : entrances(type)) {
                check(type, each, looked, broken);
            }
        }
        assertThat(looked).contains("LeaderElection$Builder.timing", "LeaderElection.on", "EventSink.jsonLines");
        assertThat(broken).isEmpty();
    }

    private static void check(Class<?> type, Executable each, List<String> looked, List<String> broken)
            throws ReflectiveOperationException {
        Parameter[] parameters = each.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i].getType().isPrimitive() || takesNull(parameters[i])) {
                continue;
            }
            @Nullable Object[] arguments = samples(parameters);
            arguments[i] = null;
            String name = type.getName().substring(type.getPackageName().length() + 1) + "." + each.getName();
            looked.add(name);
            String said = failure(type, each, arguments);
            boolean named = Stream.of(each.getName(), parameters[i].getName(), TEXT)
                    .anyMatch(known -> said.equals(known + " must not be null"));
            if (!named) {
                broken.add(name + "(" + parameters[i].getName() + "): " + said);
            }
        }
    }

    private static String failure(Class<?> type, Executable each, @Nullable Object[] arguments)
            throws ReflectiveOperationException {
        try {
            if (each instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                boolean ofNobody = Modifier.isStatic(each.getModifiers());
                ((Method) each).invoke(ofNobody ? null : sample(type), arguments);
            }
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            return cause instanceof NullPointerException || cause instanceof IllegalArgumentException
                    ? String.valueOf(cause.getMessage())
                    : String.valueOf(cause);
        }
        return "takes it";
    }

    /** Where an object of {@code type} begins, or is told what to be. */
    private static List<Executable> entrances(Class<?> type) {
        List<Executable> found = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            boolean begins = Modifier.isStatic(method.getModifiers());
            if (Modifier.isPublic(method.getModifiers())
                    && !method.isSynthetic()
                    && (begins || (method.getReturnType() == type && isBuilder(type)))
                    && !method.getName().equals("valueOf")) {
                found.add(method);
            }
        }
        if (!type.isRecord() && !Throwable.class.isAssignableFrom(type)) {
            found.addAll(Arrays.asList(type.getConstructors()));
        }
        return found;
    }

    private static boolean isBuilder(Class<?> type) {
        return type.getSimpleName().equals("Builder");
    }

    private static boolean takesNull(Parameter parameter) {
        return parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable Object[] samples(Parameter[] parameters) throws ReflectiveOperationException {
        @Nullable Object[] samples = new Object[parameters.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = sample(parameters[i].getType());
        }
        return samples;
    }

    private static Object sample(Class<?> type) throws ReflectiveOperationException {
        if (isBuilder(type)) {
            for (Method method : LeaderElection.class.getMethods()) {
                if (method.getReturnType() == type) {
                    return method.invoke(null, samples(method.getParameters()));
                }
            }
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
        }
        return Stream.of(
                        TEXT,
                        1,
                        1L,
                        true,
                        0.5,
                        Duration.ofSeconds(1),
                        ElectionTiming.DEFAULT,
                        new FencingToken(0, 1),
                        new IllegalStateException(),
                        new Object())
                .filter(sample -> type.isInstance(sample) || isPrimitiveOf(type, sample))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the test has no sample of " + type));
    }

    private static boolean isPrimitiveOf(Class<?> type, Object sample) {
        return type.isPrimitive()
                && java.lang.invoke.MethodType.methodType(type)
                        .wrap()
                        .returnType()
                        .isInstance(sample);
    }

    private static List<Class<?>> publicTypes() throws IOException, ClassNotFoundException {
        List<Class<?>> found = new ArrayList<>();
        for (String each : PACKAGES) {
            Path folder = Path.of("target/classes").resolve(each.replace('.', '/'));
            try (Stream<Path> files = Files.list(folder)) {
                List<String> names = files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                        .map(file -> each + "." + file.substring(0, file.length() - ".class".length()))
                        .sorted()
                        .toList();
                for (String name : names) {
                    Class<?> type = Class.forName(name);
                    if (Modifier.isPublic(type.getModifiers())) {
                        found.add(type);
                    }
                }
            }
        }
        return found;
    }
}
