package dev.baton.verify;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How a picture is laid out, and what it shows besides what the logs tell.
 *
 * @param lane in which lane of the picture the run of that name is drawn; several may share one
 * @param disturbances what was done from outside
 */
public record Staging(UnaryOperator<String> lane, List<Disturbance> disturbances) {
    /** A lane for each run, and nothing besides. */
    public static final Staging PLAIN = new Staging(UnaryOperator.identity(), List.of());

    public Staging {
        disturbances = List.copyOf(disturbances);
    }
}
