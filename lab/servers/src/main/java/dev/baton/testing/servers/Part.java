package dev.baton.testing.servers;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One process of a {@link ControlPlane}, by its kind and its number; {@code toString} is its name, such as
 * {@code apiserver-1}.
 *
 * @param index from 0; 0 for the load balancer, of which there is one
 */
public record Part(Kind kind, int index) implements Comparable<Part> {
    /** The load balancer. */
    public static final Part LOAD_BALANCER = new Part(Kind.LOAD_BALANCER, 0);

    private static final Comparator<Part> ORDER =
            Comparator.comparing(Part::kind).thenComparingInt(Part::index);
    private static final Pattern NAME = Pattern.compile("([a-z-]+)-(\\d)");

    /** What a part is. */
    public enum Kind {
        /** A member of etcd. */
        ETCD("etcd"),
        /** An API server. */
        API_SERVER("apiserver"),
        /** What stands before the API servers. */
        LOAD_BALANCER("load-balancer"),
        /** A scheduler, one of a pair that elects a leader. */
        SCHEDULER("scheduler"),
        /** A controller manager, one of another such pair. */
        CONTROLLER_MANAGER("controller-manager");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Its name, without a number. */
        @Override
        public String toString() {
            return text;
        }
    }

    public Part {
        Objects.requireNonNull(kind, "kind");
        if (index < 0) {
            throw new IllegalArgumentException(kind + " " + index + " must have a number from 0 on");
        }
    }

    /** A member of etcd. */
    public static Part etcd(int index) {
        return new Part(Kind.ETCD, index);
    }

    /** An API server. */
    public static Part apiServer(int index) {
        return new Part(Kind.API_SERVER, index);
    }

    /** A scheduler. */
    public static Part scheduler(int index) {
        return new Part(Kind.SCHEDULER, index);
    }

    /** A controller manager. */
    public static Part controllerManager(int index) {
        return new Part(Kind.CONTROLLER_MANAGER, index);
    }

    /**
     * The part whose name is {@code name}.
     *
     * @throws IllegalArgumentException if that is no part's name; the message says which are
     */
    public static Part named(String name) {
        if (name.equals(LOAD_BALANCER.toString())) {
            return LOAD_BALANCER;
        }
        Matcher matcher = NAME.matcher(name);
        List<Kind> numbered = Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.LOAD_BALANCER)
                .toList();
        if (matcher.matches()) {
            for (Kind kind : numbered) {
                if (kind.text.equals(matcher.group(1))) {
                    return new Part(kind, Integer.parseInt(matcher.group(2)));
                }
            }
        }
        throw new IllegalArgumentException("\"" + name + "\" is no part: there are " + LOAD_BALANCER + " and, with a"
                + " number, " + numbered.stream().map(kind -> kind + "-0").collect(Collectors.joining(", ")));
    }

    /** By kind, in the order in which they are started, then by number. */
    @Override
    public int compareTo(Part other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind == Kind.LOAD_BALANCER ? kind.text : kind.text + "-" + index;
    }
}
