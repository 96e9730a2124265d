package dev.baton.verify.register;

import dev.baton.spi.FencingToken;
import dev.baton.verify.register.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tries every order of a few operations: slow, and too simple to be wrong. */
final class AllOrders {
    private AllOrders() {}

    static boolean explain(List<Operation> operations, boolean fenced) {
        return explain(operations, fenced, Operation.INITIAL, null);
    }

    private static boolean explain(List<Operation> left, boolean fenced, long value, @Nullable FencingToken greatest) {
        if (left.stream().allMatch(operation -> operation.outcome() == Outcome.UNKNOWN)) {
            return true;
        }
        for (Operation first : left) {
            if (left.stream().anyMatch(other -> other.precedes(first))) {
                continue;
            }
            List<Operation> rest = new ArrayList<>(left);
            rest.remove(first);
            FencingToken token = first.token();
            boolean admitted = !fenced || token == null || greatest == null || !greatest.isAfter(token);
            FencingToken next = fenced && admitted && token != null ? token : greatest;
            if (first.outcome() == Outcome.REFUSED) {
                if (!admitted && explain(rest, fenced, value, greatest)) {
                    return true;
                }
            } else if (first.isWrite()) {
                if (admitted && explain(rest, fenced, first.value(), next)) {
                    return true;
                }
            } else if (admitted && first.value() == value && explain(rest, fenced, value, next)) {
                return true;
            }
        }
        return false;
    }
}
