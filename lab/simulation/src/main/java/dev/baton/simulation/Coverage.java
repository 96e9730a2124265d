package dev.baton.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which transitions of the machine happened while which faults were fresh: in how many worlds each pair was seen. A fault
 * is fresh for a lease after it struck.
 */
final class Coverage {
    private static final List<String> STATES =
            List.of("standing-by", "acquiring", "taking-over", "leading", "draining", "withdrawing", "stopped");

    /**
     * Every transition that an election can make, one event at a time, whatever the store. At ZooKeeper, taking-over is the
     * renewal that follows a grant with too little left of it.
     */
    private static final List<String> TRANSITIONS = List.of(
            "standing-by>acquiring",
            "standing-by>withdrawing",
            "standing-by>stopped",
            "acquiring>standing-by",
            "acquiring>taking-over",
            "acquiring>leading",
            "acquiring>withdrawing",
            "taking-over>leading",
            "taking-over>withdrawing",
            "leading>draining",
            "leading>withdrawing",
            "draining>withdrawing",
            "withdrawing>standing-by",
            "withdrawing>acquiring",
            "withdrawing>stopped");

    private static final int[][] COLUMN = new int[STATES.size()][STATES.size()];

    static {
        for (int[] row : COLUMN) {
            Arrays.fill(row, -1);
        }
        for (int i = 0; i < TRANSITIONS.size(); i++) {
            String[] ends = TRANSITIONS.get(i).split(">", -1);
            COLUMN[STATES.indexOf(ends[0])][STATES.indexOf(ends[1])] = i;
        }
    }

    private final Set<Fault> faults;
    private final Set<String> rare;
    private final long[][] worlds = new long[Fault.values().length][TRANSITIONS.size()];
    private final Set<String> unforeseen = new TreeSet<>();

    /**
     * Nothing covered yet.
     *
     * @param faults those that can strike, a row each
     * @param rare transitions besides that this kind of store can bring about, and that need not meet every fault
     */
    Coverage(Set<Fault> faults, Set<String> rare) {
        this.faults = EnumSet.copyOf(faults);
        this.rare = rare;
    }

    /** What one world has covered: for each transition, the faults that were fresh, by their places. */
    static final class OfOneWorld {
        private final BitSet[] faults = new BitSet[TRANSITIONS.size()];
        private final Set<String> unforeseen = new TreeSet<>();

        OfOneWorld() {
            Arrays.setAll(faults, column -> new BitSet());
        }

        void moved(String from, String to, BitSet fresh) {
            int column = COLUMN[STATES.indexOf(from)][STATES.indexOf(to)];
            if (column < 0) {
                unforeseen.add(from + ">" + to);
            } else {
                faults[column].or(fresh);
            }
        }
    }

    void add(OfOneWorld world) {
        unforeseen.addAll(world.unforeseen);
        for (Fault fault : Fault.values()) {
            for (int column = 0; column < world.faults.length; column++) {
                worlds[fault.place()][column] += world.faults[column].get(fault.place()) ? 1 : 0;
            }
        }
    }

    void add(Coverage other) {
        unforeseen.addAll(other.unforeseen);
        for (int row = 0; row < worlds.length; row++) {
            for (int column = 0; column < worlds[row].length; column++) {
                worlds[row][column] += other.worlds[row][column];
            }
        }
    }

    /** The pairs that were never seen, and the transitions that nobody foresaw. */
    List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        for (Fault fault : faults) {
            for (int column = 0; column < TRANSITIONS.size(); column++) {
                if (worlds[fault.place()][column] == 0) {
                    gaps.add(TRANSITIONS.get(column) + " × " + fault.text());
                }
            }
        }
        unforeseen.stream()
                .filter(transition -> !rare.contains(transition))
                .forEach(transition -> gaps.add("unforeseen: " + transition));
        return gaps;
    }

    /** A row for each fault, a column for each transition, and in how many worlds they met. */
    String matrix() {
        StringBuilder text = new StringBuilder(8192);
        text.append(String.format(Locale.ROOT, "%-24s", "worlds, fault × move"));
        for (String transition : TRANSITIONS) {
            text.append(String.format(Locale.ROOT, "%7s", brief(transition)));
        }
        text.append('\n');
        for (Fault fault : faults) {
            text.append(String.format(Locale.ROOT, "%-24s", fault.text()));
            for (long count : worlds[fault.place()]) {
                text.append(String.format(Locale.ROOT, "%7d", count));
            }
            text.append('\n');
        }
        return text.append(
                        "S standing by, A acquiring, T taking over, L leading, D draining, W withdrawing, X stopped\n")
                .toString();
    }

    private static String brief(String transition) {
        String[] ends = transition.split(">", -1);
        return initial(ends[0]) + ">" + initial(ends[1]);
    }

    private static char initial(String state) {
        return state.equals("stopped") ? 'X' : Character.toUpperCase(state.charAt(0));
    }
}
