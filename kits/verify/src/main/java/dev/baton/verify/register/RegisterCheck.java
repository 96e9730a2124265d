package dev.baton.verify.register;

import dev.baton.spi.FencingToken;
import dev.baton.verify.register.Operation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Checks a register that leaders read and wrote, by the operations that the leaders recorded.
 *
 * <ul>
 *   <li>A write that was acknowledged although an operation with a greater token had been acknowledged before its call
 *       is <em>stale</em>. A fence lets no stale write pass; without a fence they show why one is needed.
 *   <li>An acknowledged write is <em>lost</em> if a later read returns an older value, or if two acknowledged writes
 *       are based on the same value, so that one of them overwrote the other unseen.
 *   <li>An order of all operations, in which each takes effect between its call and its answer, must explain every
 *       answer: the register is <em>linearizable</em>.
 * </ul>
 */
public final class RegisterCheck {
    private final List<Operation> operations;
    private final boolean fenced;

    private RegisterCheck(List<Operation> operations, boolean fenced) {
        this.operations = operations;
        this.fenced = fenced;
    }

    /**
     * The verdict on {@code operations}, which may be in any order.
     *
     * @param fenced whether the register refuses tokens smaller than the greatest it has seen
     * @throws IllegalArgumentException when two writes write the same value, so that they cannot be told apart
     */
    public static RegisterVerdict check(List<Operation> operations, boolean fenced) {
        List<Operation> ordered = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList();
        return new RegisterCheck(ordered, fenced).check();
    }

    private RegisterVerdict check() {
        Map<Long, Operation> writes = writes();
        Linearization search = Linearization.of(operations, fenced);
        return new RegisterVerdict(
                count(Outcome.DONE),
                count(Outcome.REFUSED),
                count(Outcome.UNKNOWN),
                staleWrites(),
                lostWrites(writes),
                search.contradiction(),
                search.undecided());
    }

    private long count(Outcome outcome) {
        return operations.stream()
                .filter(operation -> operation.isWrite() && operation.outcome() == outcome)
                .count();
    }

    private Map<Long, Operation> writes() {
        Map<Long, Operation> writes = new HashMap<>();
        for (Operation operation : operations) {
            if (operation.isWrite()) {
                Operation other = writes.put(operation.value(), operation);
                if (other != null) {
                    throw new IllegalArgumentException(other + " and " + operation
                            + " write the same value, and could not be told apart; let no two writes share one");
                }
            }
        }
        return writes;
    }

    /** Goes through the calls in order, with the greatest token acknowledged before each. */
    private List<String> staleWrites() {
        List<String> stale = new ArrayList<>();
        PriorityQueue<Operation> acknowledged = new PriorityQueue<>(Comparator.comparingLong(Operation::returned));
        Operation greatest = null;
        for (Operation operation : operations) {
            while (!acknowledged.isEmpty() && acknowledged.element().precedes(operation)) {
                greatest = greater(greatest, acknowledged.remove());
            }
            FencingToken token = operation.token();
            if (token == null || !operation.isDone()) {
                continue;
            }
            if (operation.isWrite() && greatest != null && isAfter(greatest, token)) {
                stale.add(operation + " was taken after " + greatest);
            }
            // A read without a fence does not make its token known to the register.
            if (operation.isWrite() || fenced) {
                acknowledged.add(operation);
            }
        }
        return stale;
    }

    private static boolean isAfter(Operation operation, FencingToken token) {
        FencingToken own = operation.token();
        return own != null && own.isAfter(token);
    }

    private static Operation greater(@Nullable Operation one, Operation other) {
        FencingToken token = other.token();
        return one == null || (token != null && !isAfter(one, token)) ? other : one;
    }

    private List<String> lostWrites(Map<Long, Operation> writes) {
        List<String> lost = new ArrayList<>();
        Map<Long, Operation> heirs = new HashMap<>();
        Operation newest = null;
        PriorityQueue<Operation> acknowledged = new PriorityQueue<>(Comparator.comparingLong(Operation::returned));
        for (Operation operation : operations) {
            while (!acknowledged.isEmpty() && acknowledged.element().precedes(operation)) {
                Operation write = acknowledged.remove();
                newest = newest == null || write.invoked() > newest.invoked() ? write : newest;
            }
            if (!operation.isDone()) {
                continue;
            }
            if (operation.isWrite()) {
                acknowledged.add(operation);
                Long base = operation.basedOn();
                Operation sibling = base == null ? null : heirs.putIfAbsent(base, operation);
                if (sibling != null) {
                    lost.add(sibling + " and " + operation + " were both made of " + base
                            + ": one did not know of the other");
                }
            } else if (newest != null && isOlder(writes.get(operation.value()), newest)) {
                lost.add(newest + " was acknowledged, and " + operation + " does not know of it");
            }
        }
        return lost;
    }

    /**
     * Whether {@code read}, the write whose value a read returned, or null, was answered before {@code newest} began.
     */
    private static boolean isOlder(@Nullable Operation read, Operation newest) {
        return read == null || read.precedes(newest);
    }
}
