package dev.baton.verify;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The layout of a picture, and what it shows beside the logs.
 *
 * @param lane the lane of the picture for the run of a name; several runs may share one
 * @param disturbances the faults that a test or an operator caused
 */
public record Staging(UnaryOperator<String> lane, List<Disturbance> disturbances) {
    /** A lane for each run, without disturbances. */
    public static final Staging PLAIN = new Staging(UnaryOperator.identity(), List.of());

    public Staging {
        disturbances = List.copyOf(disturbances);
    }
}
