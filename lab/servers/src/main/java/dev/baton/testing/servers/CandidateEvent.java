package dev.baton.testing.servers;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@link CandidateProcess} told: a line of JSON with these fields, in this order.
 *
 * @param at when, in nanoseconds of the wall clock since 1970
 * @param event what, as {@code main.go} in {@code lab/client-go-peer} or {@code lab/etcd-peer} lists them
 * @param election where, {@code namespace/name}
 * @param candidate to whom
 * @param detail more, as it stands in the line, its escapes included; empty where there is none
 */
public record CandidateEvent(long at, String event, String election, String candidate, String detail) {
    private static final String TEXT = "\"((?:[^\"\\\\]|\\\\.)*)\"";
    private static final Pattern LINE = Pattern.compile("\\{\"at\":(\\d+),\"event\":" + TEXT + ",\"election\":" + TEXT
            + ",\"candidate\":" + TEXT + ",\"detail\":" + TEXT + "}");

    /** What {@code line} tells; empty for one that is not an event, or only the beginning of one. */
    public static Optional<CandidateEvent> parse(String line) {
        Matcher found = LINE.matcher(line);
        return found.matches()
                ? Optional.of(new CandidateEvent(
                        Long.parseLong(found.group(1)), found.group(2), found.group(3), found.group(4), found.group(5)))
                : Optional.empty();
    }

    /** The line that tells it. No text in it may need an escape. */
    public String toLine() {
        return "{\"at\":" + at + ",\"event\":\"" + event + "\",\"election\":\"" + election + "\",\"candidate\":\""
                + candidate + "\",\"detail\":\"" + detail + "\"}";
    }
}
