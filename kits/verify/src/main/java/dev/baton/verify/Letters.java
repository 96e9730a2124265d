package dev.baton.verify;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** A history's lanes in letters, a cell for each stretch of time. */
final class Letters {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final ElectionHistory history;
    private final Clocks clocks;
    private final boolean unicode;
    private final int cells;
    private final long from;
    private final long length;
    private final boolean[] shared;

    Letters(ElectionHistory history, boolean unicode, int cells) {
        this.history = history;
        this.clocks = history.clocks();
        this.unicode = unicode;
        this.cells = cells;
        this.from = history.begin();
        long to = history.terms().stream().mapToLong(term -> term.end(clocks)).reduce(history.end(), Math::max);
        this.length = Math.max(1, to - from);
        this.shared = new boolean[cells];
        for (Term[] pair : OneLeader.together(history)) {
            long until = Math.min(pair[0].end(clocks), pair[1].end(clocks));
            Arrays.fill(shared, cell(pair[1].start(clocks)), cell(until) + 1, true);
        }
    }

    String lane(CandidateRun run) {
        char[] line = new char[cells];
        Arrays.fill(line, ' ');
        Arrays.fill(
                line,
                cell(clocks.position(run.first().event().at())),
                cell(clocks.position(run.last().event().at())) + 1,
                unicode ? '·' : '.');
        for (Span span : new Spells(run, clocks).unreachable()) {
            fill(line, span, unicode ? '╌' : '-');
        }
        for (Term term : history.termsOf(run)) {
            long start = term.start(clocks);
            long end = term.end(clocks);
            long known = term.ended() == null
                    ? Math.min(end, clocks.position(run.last().event().at()))
                    : end;
            if (known < end) {
                fill(line, new Span(known, end), unicode ? '░' : '~');
            }
            fill(line, new Span(start, known), unicode ? '█' : '=');
            for (int cell = cell(start); cell <= cell(end); cell++) {
                line[cell] = shared[cell] ? (unicode ? '▓' : 'X') : line[cell];
            }
        }
        return new String(line).stripTrailing();
    }

    String axis() {
        String first = TIME.format(history.wall(from));
        String last = TIME.format(history.wall(from + length));
        return first + " ".repeat(Math.max(1, cells - first.length() - last.length())) + last;
    }

    String legend() {
        return unicode
                ? "█ leads  ░ may have led  ▓ two at once  ╌ store does not answer  · there"
                : "= leads  ~ may have led  X two at once  - store does not answer  . there";
    }

    private void fill(char[] line, Span span, char letter) {
        Arrays.fill(line, cell(span.from()), cell(Math.max(span.from(), span.to() - 1)) + 1, letter);
    }

    private int cell(long position) {
        return (int) Math.max(0, Math.min(cells - 1, (double) (position - from) / length * cells));
    }
}
