package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NullArgumentsTest {

    @Test
    void settersRefuseNullByTheirName() {
        List<Method> setters = Arrays.stream(KubernetesBackend.Builder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 1)
                .filter(method -> !method.getParameterTypes()[0].isPrimitive())
                .toList();

        assertThat(setters).isNotEmpty();
        assertThat(setters)
                .allSatisfy(setter -> assertThatThrownBy(() -> setter.invoke(KubernetesBackend.lease(), new Object[1]))
                        .cause()
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(setter.getName() + " must not be null"));
    }
}
