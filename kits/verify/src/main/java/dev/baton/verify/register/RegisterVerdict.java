package dev.baton.verify.register;

import java.util.List;

/**
 * What became of a register.
 *
 * @param done how many writes were acknowledged
 * @param refused how many the fence refused
 * @param unknown how many were never answered
 * @param staleWrites acknowledged although a greater token had been seen before they were asked for: sentences
 * @param lostWrites acknowledged, and gone without having been seen by what replaced them: sentences
 * @param contradiction why no order of the operations explains the answers, a sentence, or empty when one does
 * @param undecided whether the search for an order was given up; then {@code contradiction} is empty and says nothing
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
