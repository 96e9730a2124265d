package dev.baton.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The last things that happened, put into words only when somebody asks; and a hash of everything. */
final class Trace {
    private static final int KEPT = 48;

    private final Object[] what = new Object[KEPT];
    private final long[] at = new long[KEPT];
    private final String[] who = new String[KEPT];
    private long count;
    private long hash = 0xcbf29ce484222325L;

    void add(long trueNanos, String name, Object event) {
        int slot = (int) (count++ % KEPT);
        at[slot] = trueNanos;
        who[slot] = name;
        what[slot] = event;
    }

    void mix(long value) {
        long mixed = (hash ^ value) * 0x9e3779b97f4a7c15L;
        hash = mixed ^ (mixed >>> 32);
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (long i = Math.max(0, count - KEPT); i < count; i++) {
            int slot = (int) (i % KEPT);
            lines.add(String.format(Locale.ROOT, "%12.6f s  %-8s %s", at[slot] / 1e9, who[slot], what[slot]));
        }
        return lines;
    }
}
