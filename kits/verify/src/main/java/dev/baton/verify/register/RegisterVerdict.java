package dev.baton.verify.register;

import java.util.List;

/**
 * The verdict on a register.
 *
 * @param done the number of acknowledged writes
 * @param refused the number of writes that the fence refused
 * @param unknown the number of writes without an answer
 * @param staleWrites writes acknowledged although a greater token had been acknowledged before their call, a sentence
 *     each
 * @param lostWrites acknowledged writes that were overwritten unseen, a sentence each
 * @param contradiction why no order of the operations explains the answers, a sentence, or empty when one does
 * @param undecided whether the search for an order was given up; {@code contradiction} is then empty and means nothing
 */
public record RegisterVerdict(
        long done,
        long refused,
        long unknown,
        List<String> staleWrites,
        List<String> lostWrites,
        String contradiction,
        boolean undecided) {

    public RegisterVerdict {
        staleWrites = List.copyOf(staleWrites);
        lostWrites = List.copyOf(lostWrites);
    }

    /** Whether there was no stale write, no lost write, and an order that explains all answers. */
    public boolean isGood() {
        return staleWrites.isEmpty() && lostWrites.isEmpty() && contradiction.isEmpty() && !undecided;
    }

    /** Whether an order explains all answers. */
    public boolean isLinearizable() {
        return contradiction.isEmpty() && !undecided;
    }
}
