package dev.baton.zookeeper.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one election in the order in which they came, as one listing of the election's node shows them.
 *
 * <p>Names and order are those of Curator's LeaderLatch, so that its candidates and ours can stand in one line: children
 * are called {@code _c_<uuid>-latch-<sequence>} and sorted by what follows the last {@code latch-}, as text.
 *
 * @param names the children's names, the leader's first
 */
public record Line(List<String> names) {
    private static final String PREFIX = "_c_";
    private static final String LATCH = "latch-";

    // A sequence number past 2³¹ − 1 is printed negative. As text it would come before every other, and whoever drew it
    // would lead beside the leader; last, it merely waits.
    private static final Comparator<String> ORDER = Comparator.comparing(Line::isOverflown)
            .thenComparing(Line::sequence)
            .thenComparing(Comparator.naturalOrder());

    public Line {
        names = List.copyOf(names);
    }

    /** What to call the candidate of {@code node}: a LeaderLatch without an id has written nothing into it. */
    public static String called(String written, String node) {
        return written.isBlank() ? node : written;
    }

    /** The line of the {@code children} listed, in any order. */
    public static Line of(Collection<String> children) {
        List<String> sorted = new ArrayList<>(children);
        sorted.sort(ORDER);
        return new Line(sorted);
    }

    /** What the node of a claim with this nonce is to be called; the server appends the sequence number. */
    public static String nameFor(String nonce) {
        return PREFIX + nonce + "-" + LATCH;
    }

    /** The nonce in a node's name, or null when it has none. */
    public static @Nullable String nonceIn(String name) {
        int end = name.lastIndexOf("-" + LATCH);
        return name.startsWith(PREFIX) && end > PREFIX.length() ? name.substring(PREFIX.length(), end) : null;
    }

    /**
     * Whether the sequence number of {@code name} is past the largest that ZooKeeper can count to. Who drew it must not
     * lead, since even among such names the order is lost.
     */
    public static boolean isOverflown(String name) {
        return sequence(name).startsWith("-");
    }

    /** Nobody in line. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** The leader's node, or null when nobody is in line. */
    public @Nullable String first() {
        return names.isEmpty() ? null : names.get(0);
    }

    /** The nodes created for {@code nonce}, whichever session made them. */
    public List<String> madeFor(String nonce) {
        return names.stream().filter(name -> name.startsWith(nameFor(nonce))).toList();
    }

    /** Where {@code name} stands, or null when it is not in line. */
    public @Nullable Place placeOf(String name) {
        int index = names.indexOf(name);
        return index < 0 ? null : new Place(index, index == 0 ? null : names.get(index - 1));
    }

    private static String sequence(String name) {
        int index = name.lastIndexOf(LATCH);
        return index < 0 ? name : name.substring(index + LATCH.length());
    }

    /**
     * A place in line. Sequence numbers only grow while the election's node has children, so the nodes ahead of a place
     * can only become fewer: what was seen to be first, even in a listing that lags, stays first while it exists.
     *
     * @param ahead how many stand before it
     * @param predecessor the node just before it, or null for the first
     */
    public record Place(int ahead, @Nullable String predecessor) {
        /** Nobody stands before it. */
        public boolean isFirst() {
            return ahead == 0;
        }

        /** Only the leader stands before it. */
        public boolean isSecond() {
            return ahead == 1;
        }
    }
}
