package dev.baton.campaign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Two runs that led at the same time.
 *
 * @param one who
 * @param other and who
 * @param when both
 */
record Overlap(String one, String other, Stretch when) {

    /** All of them among {@code leading}, which says by run when it led, in order. */
    static List<Overlap> among(Map<String, List<Stretch>> leading) {
        List<Overlap> overlaps = new ArrayList<>();
        List<Map.Entry<String, List<Stretch>>> runs = List.copyOf(leading.entrySet());
        for (int i = 0; i < runs.size(); i++) {
            for (int j = i + 1; j < runs.size(); j++) {
                add(overlaps, runs.get(i), runs.get(j));
            }
        }
        overlaps.sort(Comparator.comparingLong(overlap -> overlap.when().from()));
        return overlaps;
    }

    private static void add(
            List<Overlap> overlaps, Map.Entry<String, List<Stretch>> one, Map.Entry<String, List<Stretch>> other) {
        for (Stretch mine : one.getValue()) {
            for (Stretch theirs : other.getValue()) {
                Stretch both = mine.and(theirs);
                if (both.length() > 0) {
                    overlaps.add(new Overlap(one.getKey(), other.getKey(), both));
                }
            }
        }
    }
}
