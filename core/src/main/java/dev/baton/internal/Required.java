package dev.baton.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the library and its backends refuse null: where it is passed, by name, and not where it would be used. */
public final class Required {
    private Required() {}

    /**
     * What was passed for a parameter that takes no null.
     *
     * @param parameter what its caller knows it as: the name of a setter, or of a parameter
     * @return {@code value}
     * @throws NullPointerException naming the parameter, when {@code value} is null
     */
    public static <T> T given(String parameter, @Nullable T value) {
        Objects.requireNonNull(parameter, "parameter must not be null");
        if (value == null) {
            throw new NullPointerException(parameter + " must not be null");
        }
        return value;
    }
}
