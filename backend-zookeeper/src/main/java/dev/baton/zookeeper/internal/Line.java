package dev.baton.zookeeper.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one election in the order in which they came, as one listing of the election's node shows them.
 *
 * <p>Names and order are those of Curator's LeaderLatch, so its candidates and Baton's can stand in one line: children are
 * called {@code _c_<uuid>-latch-<sequence>} and sorted by the part after the last {@code latch-}, as text.
 *
 * @param names the children's names, the leader's first
 */
public record Line(List<String> names) {
    private static final String PREFIX = "_c_";
    private static final String LATCH = "latch-";

    // ZooKeeper prints a sequence number past 2³¹ − 1 as negative. As text it would come first, and its candidate
    // would lead beside the leader; sorted last, the candidate merely waits.
    private static final Comparator<String> ORDER = Comparator.comparing(Line::isOverflown)
            .thenComparing(Line::sequence)
            .thenComparing(Comparator.naturalOrder());

    public Line {
        names = List.copyOf(names);
    }

    /**
     * The candidate's identity as shown: {@code written}, or the name of the node, since a LeaderLatch without an ID writes
     * nothing.
     */
    public static String called(String written, String node) {
        return written.isBlank() ? node : written;
    }

    /** The line of the {@code children} listed, in any order. */
    public static Line of(Collection<String> children) {
        List<String> sorted = new ArrayList<>(children);
        sorted.sort(ORDER);
        return new Line(sorted);
    }

    /** The name for the node of a claim with this nonce; the server appends the sequence number. */
    public static String nameFor(String nonce) {
        return PREFIX + nonce + "-" + LATCH;
    }

    /** The nonce in a node's name, or null if it has none. */
    public static @Nullable String nonceIn(String name) {
        int end = name.lastIndexOf("-" + LATCH);
        return name.startsWith(PREFIX) && end > PREFIX.length() ? name.substring(PREFIX.length(), end) : null;
    }

    /**
     * Whether the sequence number of {@code name} is past the largest that ZooKeeper can count to. Its candidate must not
     * lead, since even among such names the order is lost.
     */
    public static boolean isOverflown(String name) {
        return sequence(name).startsWith("-");
    }

    /** Whether the line has no candidate. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** The leader's node, or null if the line is empty. */
    public @Nullable String first() {
        return names.isEmpty() ? null : names.get(0);
    }

    /** The nodes created for {@code nonce}, in any session. */
    public List<String> madeFor(String nonce) {
        return names.stream().filter(name -> name.startsWith(nameFor(nonce))).toList();
    }

    /** The place of {@code name}, or null if it is not in line. */
    public @Nullable Place placeOf(String name) {
        int index = names.indexOf(name);
        return index < 0 ? null : new Place(index, index == 0 ? null : names.get(index - 1));
    }

    private static String sequence(String name) {
        int index = name.lastIndexOf(LATCH);
        return index < 0 ? name : name.substring(index + LATCH.length());
    }

    /**
     * A place in line. Sequence numbers only grow while the election's node has children, so the nodes ahead of a place can
     * only become fewer: a node that is first in any listing, even one that lags, stays first while it exists.
     *
     * @param ahead the number of nodes before it
     * @param predecessor the node just before it, or null for the first
     */
    public record Place(int ahead, @Nullable String predecessor) {
        /** Whether no node is before it. */
        public boolean isFirst() {
            return ahead == 0;
        }

        /** Whether only the leader's node is before it. */
        public boolean isSecond() {
            return ahead == 1;
        }
    }
}
