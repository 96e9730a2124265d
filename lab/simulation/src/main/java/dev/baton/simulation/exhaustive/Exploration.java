package dev.baton.simulation.exhaustive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All histories of a small world, the shorter ones first, so that the first that breaks a property is a shortest one. */
public final class Exploration {
    private static final int PARENT_OF_ROOT = -1;

    private final Bounds bounds;
    private final Mistake mistake;
    private final Map<Fingerprint, Integer> seen = new HashMap<>();
    private final Fingerprints fingerprints = new Fingerprints();
    private final Map<Step, Step> kept = new HashMap<>();
    private int[] parents = new int[1 << 12];
    private Step[] steps = new Step[1 << 12];
    private int states;
    private long transitions;
    private int checkEvery;
    private long checked;

    private Exploration(Bounds bounds, Mistake mistake) {
        this.bounds = bounds;
        this.mistake = mistake;
    }

    /**
     * What was found.
     *
     * @param bounds within which
     * @param states how many distinct ones
     * @param transitions how many steps were taken between them
     * @param depth how many steps the longest history has
     * @param frontier how many states at that depth were not gone on from
     * @param nanos how long it took
     * @param violation the property that does not hold, or null
     * @param history the steps that lead there, and what happened in each
     * @param length how many steps that are
     */
    public record Report(
            Bounds bounds,
            int states,
            long transitions,
            int depth,
            int frontier,
            long nanos,
            @Nullable String violation,
            List<String> history,
            int length) {

        /** In lines. */
        public String text() {
            StringBuilder text = new StringBuilder();
            history.forEach(line -> text.append(line).append('\n'));
            if (violation != null) {
                text.append("after ")
                        .append(length)
                        .append(" steps: ")
                        .append(violation)
                        .append('\n');
            }
            return text.append(String.format(
                            Locale.ROOT,
                            "%,d distinct states, %,d transitions, depth %d, frontier %,d, %.1f s (%s)",
                            states,
                            transitions,
                            depth,
                            frontier,
                            nanos / 1e9,
                            bounds))
                    .toString();
        }
    }

    /**
     * Explores until a property breaks, or until nothing is left.
     *
     * @param progress hears of each depth, in a line
     */
    public static Report run(Bounds bounds, Mistake mistake, Consumer<String> progress) {
        return new Exploration(bounds, mistake).explore(progress);
    }

    /**
     * Explores, and compares each {@code every}th world that was taken for one seen before with that one: the same worlds
     * have to follow both.
     *
     * @return how many were compared
     * @throws IllegalStateException when two differ
     */
    static long compareWorldsTakenForOne(Bounds bounds, int every) {
        Exploration exploration = new Exploration(bounds, Mistake.NONE);
        exploration.checkEvery = every;
        exploration.explore(line -> {});
        return exploration.checked;
    }

    private Report explore(Consumer<String> progress) {
        long began = System.nanoTime();
        add(new SmallWorld(bounds, mistake), PARENT_OF_ROOT, Step.of(Step.Kind.ADVANCE));
        int from = 0;
        int depth = 0;
        while (depth < bounds.depth() && from < states) {
            int to = states;
            for (int node = from; node < to; node++) {
                String violation = expand(node);
                if (violation != null) {
                    List<Step> path = path(states);
                    return report(depth + 1, states - to, began, violation, story(path), path.size());
                }
            }
            from = to;
            depth++;
            progress.accept(String.format(
                    Locale.ROOT,
                    "depth %d: %,d states, %,d of them new, %,d transitions, %.1f s",
                    depth,
                    states,
                    states - from,
                    transitions,
                    (System.nanoTime() - began) / 1e9));
        }
        return report(depth, states - from, began, null, List.of(), 0);
    }

    private Report report(
            int depth, int frontier, long began, @Nullable String violation, List<String> history, int length) {
        return new Report(
                bounds, states, transitions, depth, frontier, System.nanoTime() - began, violation, history, length);
    }

    /** Takes every step from a state; the violation that one leads to is left as the path of the state to come. */
    private @Nullable String expand(int node) {
        List<Step> path = path(node);
        SmallWorld world = again(path);
        List<Step> next = world.steps();
        for (int i = 0; i < next.size(); i++) {
            SmallWorld child = i == 0 ? world : again(path);
            child.take(next.get(i));
            transitions++;
            String violation = child.checks().violation();
            if (violation != null) {
                set(node, next.get(i));
                return violation;
            }
            add(child, node, next.get(i));
        }
        return null;
    }

    private void add(SmallWorld world, int parent, Step step) {
        Integer before = seen.putIfAbsent(fingerprints.of(world), states);
        if (before == null) {
            set(parent, step);
            states++;
        } else if (checkEvery > 0 && transitions % checkEvery == 0) {
            List<Step> path = path(parent);
            path.add(step);
            compare(path, path(before));
        }
    }

    private void set(int parent, Step step) {
        if (states == parents.length) {
            parents = Arrays.copyOf(parents, 2 * states);
            steps = Arrays.copyOf(steps, 2 * states);
        }
        parents[states] = parent;
        steps[states] = kept.computeIfAbsent(step, same -> same);
    }

    // -- histories ------------------------------------------------------------------------------------------------

    private List<Step> path(int node) {
        ArrayDeque<Step> path = new ArrayDeque<>();
        for (int at = node; parents[at] != PARENT_OF_ROOT; at = parents[at]) {
            path.addFirst(steps[at]);
        }
        return new ArrayList<>(path);
    }

    private SmallWorld again(List<Step> path) {
        SmallWorld world = new SmallWorld(bounds, mistake);
        path.forEach(world::take);
        return world;
    }

    private List<String> story(List<Step> path) {
        List<String> lines = new ArrayList<>();
        SmallWorld world = new SmallWorld(bounds, mistake);
        world.checks().record(lines);
        for (Step step : path) {
            lines.add(world.describe(step));
            world.take(step);
        }
        return lines;
    }

    // -- whether the fingerprint is right -------------------------------------------------------------------------

    private void compare(List<Step> one, List<Step> other) {
        checked++;
        if (!after(one).equals(after(other))) {
            throw new IllegalStateException("taken for one world, and others follow:\n" + String.join("\n", story(one))
                    + "\n--\n" + String.join("\n", story(other)));
        }
    }

    /** The worlds that may come next. */
    private List<Fingerprint> after(List<Step> path) {
        return again(path).steps().stream()
                .map(step -> {
                    SmallWorld child = again(path);
                    child.take(step);
                    return fingerprints.of(child);
                })
                .sorted()
                .toList();
    }
}
