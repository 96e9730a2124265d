package dev.baton.simulation;

import java.util.ArrayList;
import java.util.List;

/** Finds the faults that a violation needs: removes what can be removed, in ever smaller pieces, as delta debugging does. */
final class Shrinking {
    private static final int MOST_RUNS = 4_000;

    private Outcome smallest;
    private int runs;

    private Shrinking(Outcome failure) {
        smallest = failure;
    }

    /** The same seed with a list of faults from which no single one can be left out, or as few as could be found. */
    static Outcome of(Outcome failure) {
        Shrinking shrinking = new Shrinking(failure);
        shrinking.shrink();
        return shrinking.smallest;
    }

    private void shrink() {
        int pieces = 2;
        while (pieces <= 2 * smallest.struck().size() && runs < MOST_RUNS) {
            int size = smallest.struck().size();
            int piece = Math.max(1, (size + pieces - 1) / pieces);
            boolean smaller = false;
            for (int from = 0; from < size && !smaller && runs < MOST_RUNS; from += piece) {
                smaller = failsWithout(from, Math.min(size, from + piece));
            }
            if (smaller) {
                pieces = Math.max(2, pieces - 1);
            } else if (piece == 1) {
                return;
            } else {
                pieces *= 2;
            }
        }
    }

    private boolean failsWithout(int from, int to) {
        runs++;
        List<Strike> kept = new ArrayList<>(smallest.struck());
        kept.subList(from, to).clear();
        Outcome outcome = Simulation.run(smallest.seed(), smallest.options().only(kept));
        if (outcome.isGood() || outcome.struck().size() >= smallest.struck().size()) {
            return false;
        }
        smallest = outcome;
        return true;
    }
}
