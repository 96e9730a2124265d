package dev.baton.testing.servers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Which setters of a backend's builder take null, or refuse it without their name. */
public final class NullSetters {
    private NullSetters() {}

    /**
     * The setters that do not refuse null by their name, each with what it said instead.
     *
     * @param builder makes a builder, for each setter a new one
     * @throws IllegalArgumentException when there is no setter to ask
     */
    public static List<String> takenBy(Supplier<?> builder) throws IllegalAccessException {
        List<String> taken = new ArrayList<>();
        boolean asked = false;
        for (Method setter : builder.get().getClass().getDeclaredMethods()) {
            if (Modifier.isPublic(setter.getModifiers())
                    && setter.getParameterCount() == 1
                    && !setter.getParameterTypes()[0].isPrimitive()) {
                asked = true;
                String said = said(setter, builder.get());
                if (!said.equals(setter.getName() + " must not be null")) {
                    taken.add(setter.getName() + ": " + said);
                }
            }
        }
        if (!asked) {
            throw new IllegalArgumentException("the builder has no setter that takes an object");
        }
        return taken;
    }

    private static String said(Method setter, Object builder) throws IllegalAccessException {
        try {
            setter.invoke(builder, new Object[1]);
            return "takes it";
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof NullPointerException
                    ? String.valueOf(e.getCause().getMessage())
                    : String.valueOf(e.getCause());
        }
    }
}
