package dev.baton.verify.register;

import dev.baton.spi.FencingToken;
import dev.baton.verify.register.Operation.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of operations that explains their answers, just in time: it follows calls and answers in their
 * order, with every state that the register may be in, and lets an operation take effect no later than its answer
 * (Lowe, <em>Testing for linearizability</em>, 2017).
 *
 * @param contradiction the first answer that no order explains, in a sentence, or empty
 * @param undecided whether the search was given up, with too many states
 */
record Linearization(String contradiction, boolean undecided) {
    private static final int MOST_STATES = 200_000;

    static Linearization of(List<Operation> operations, boolean fenced) {
        return new Search(operations, fenced).search();
    }

    /** A value that the register may hold, and the unanswered calls that have taken effect. */
    private record State(long value, @Nullable FencingToken greatest, Set<Integer> done) {
        State after(int call, long next, @Nullable FencingToken token) {
            Set<Integer> more = new HashSet<>(done);
            more.add(call);
            return new State(next, token, Set.copyOf(more));
        }

        State without(Set<Integer> calls) {
            return calls.stream().anyMatch(done::contains)
                    ? new State(
                            value,
                            greatest,
                            done.stream().filter(call -> !calls.contains(call)).collect(Collectors.toUnmodifiableSet()))
                    : this;
        }
    }

    private record Step(long at, boolean answer, int call) {}

    private static final class Search {
        private final List<Operation> operations;
        private final boolean fenced;
        private final Set<Long> seen;
        private final Set<Integer> open = new TreeSet<>();
        private Set<State> states = Set.of(new State(Operation.INITIAL, null, Set.of()));

        Search(List<Operation> operations, boolean fenced) {
            this.operations = operations;
            this.fenced = fenced;
            this.seen = operations.stream()
                    .filter(operation -> !operation.isWrite() && operation.isDone())
                    .map(Operation::value)
                    .collect(Collectors.toSet());
        }

        Linearization search() {
            for (Step step : steps()) {
                if (!step.answer()) {
                    open.add(step.call());
                    continue;
                }
                Set<State> next = answered(step.call());
                if (next.size() > MOST_STATES) {
                    return new Linearization("", true);
                }
                if (next.isEmpty()) {
                    return new Linearization(contradiction(step.call()), false);
                }
                open.remove(step.call());
                states = next;
                open.removeIf(call -> next.stream().allMatch(state -> isOver(state.greatest(), call)));
            }
            return new Linearization("", false);
        }

        private List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            for (int call = 0; call < operations.size(); call++) {
                Operation operation = operations.get(call);
                if (matters(operation)) {
                    steps.add(new Step(operation.invoked(), false, call));
                    if (operation.outcome() != Outcome.UNKNOWN) {
                        steps.add(new Step(operation.returned(), true, call));
                    }
                }
            }
            // A call at the same instant as another call's answer may have come first.
            steps.sort(Comparator.comparingLong(Step::at).thenComparing(Step::answer));
            return steps;
        }

        /**
         * A write without an answer that no read saw need not have happened, unless it may have raised the fence's
         * token.
         */
        private boolean matters(Operation operation) {
            return operation.outcome() != Outcome.UNKNOWN
                    || (operation.isWrite() && (fenced || seen.contains(operation.value())));
        }

        /** The states after {@code call} has been answered. */
        private Set<State> answered(int call) {
            Set<State> reached = new HashSet<>();
            Set<State> met = new HashSet<>(states);
            Deque<State> left = new ArrayDeque<>(states);
            while (!left.isEmpty() && met.size() <= 2 * MOST_STATES) {
                State state = left.remove();
                if (state.done().contains(call)) {
                    reached.add(state.without(Set.of(call)));
                    continue;
                }
                for (int other : open) {
                    State next = state.done().contains(other) ? null : after(state, other);
                    if (next != null && met.add(next)) {
                        left.add(next);
                    }
                }
            }
            return reached;
        }

        /** The state after {@code call} takes effect, or null if it cannot have had its answer in this one. */
        private @Nullable State after(State state, int call) {
            Operation operation = operations.get(call);
            FencingToken token = operation.token();
            FencingToken greatest = state.greatest();
            if (isOver(greatest, call)) {
                return null;
            }
            boolean admitted = !fenced || token == null || greatest == null || !greatest.isAfter(token);
            if (operation.outcome() == Outcome.REFUSED) {
                return admitted ? null : state.after(call, state.value(), greatest);
            }
            if (!admitted || (!operation.isWrite() && operation.value() != state.value())) {
                return null;
            }
            FencingToken highest = fenced && token != null ? token : greatest;
            return tidied(state.after(call, operation.isWrite() ? operation.value() : state.value(), highest));
        }

        private State tidied(State state) {
            return state.without(state.done().stream()
                    .filter(call -> isOver(state.greatest(), call))
                    .collect(Collectors.toSet()));
        }

        /**
         * Whether it no longer matters when or whether {@code call} happens: a write without an answer that the fence
         * would refuse by now, or that no read saw and that does not raise the fence's token.
         */
        private boolean isOver(@Nullable FencingToken greatest, int call) {
            Operation operation = operations.get(call);
            FencingToken token = operation.token();
            return operation.outcome() == Outcome.UNKNOWN
                    && token != null
                    && greatest != null
                    && !token.isAfter(greatest)
                    && (greatest.isAfter(token) || !seen.contains(operation.value()));
        }

        private String contradiction(int call) {
            Operation operation = operations.get(call);
            String held = states.stream()
                    .map(state -> Long.toString(state.value()))
                    .distinct()
                    .limit(4)
                    .collect(Collectors.joining(" or "));
            return operation + " was answered \"" + operation.outcome().name().toLowerCase(java.util.Locale.ROOT)
                    + "\", and no order of the operations explains that: the register held " + held
                    + " when the answers before it are taken as true";
        }
    }
}
