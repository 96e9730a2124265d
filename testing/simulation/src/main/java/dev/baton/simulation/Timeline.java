package dev.baton.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One world as a picture: who led when, by true time, and what struck whom. */
final class Timeline {
    private static final int LEFT = 110;
    private static final int WIDTH = 1_200;
    private static final int ROW = 46;
    private static final int TOP = 64;
    private static final int MOST_NAMED = 60;

    private final Map<Invariants.Reign, long[]> terms = new LinkedHashMap<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<String> rows = new ArrayList<>(List.of("world"));

    private record Mark(long at, String who, Fault fault) {}

    void struck(long at, String who, Fault fault) {
        Mark last = marks.isEmpty() ? null : marks.get(marks.size() - 1);
        if (last != null && last.at == at && last.fault == fault) {
            marks.remove(marks.size() - 1);
        }
        marks.add(new Mark(at, who, fault));
    }

    void appears(String who) {
        rows.add(who);
    }

    /** These terms are live now. */
    void sample(long at, List<Invariants.Reign> live) {
        for (Invariants.Reign reign : live) {
            terms.computeIfAbsent(reign, begun -> new long[] {at, at})[1] = at;
        }
    }

    /** The picture, of {@code outcome}. */
    String svg(Outcome outcome) {
        long length = Math.max(1, outcome.simulatedNanos());
        int height = TOP + rows.size() * ROW + 50;
        StringBuilder svg = new StringBuilder(16_384);
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                LEFT + WIDTH + 20,
                height);
        add(svg, "<text x=\"8\" y=\"18\" font-size=\"14\">seed %d</text>%n", outcome.seed());
        String said = outcome.violation() == null ? "every invariant held" : outcome.violation();
        add(svg, "<text x=\"8\" y=\"36\" fill=\"#b00020\">%s</text>%n", escaped(said));
        axis(svg, length, height);
        for (int row = 0; row < rows.size(); row++) {
            int y = y(row);
            add(svg, "<text x=\"8\" y=\"%d\">%s</text>%n", y + 14, escaped(rows.get(row)));
            add(
                    svg,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>%n",
                    LEFT,
                    LEFT + WIDTH,
                    y + 20,
                    y + 20);
        }
        terms.forEach((reign, span) -> term(svg, reign, span, length));
        marks.forEach(mark -> mark(svg, mark, length));
        if (outcome.violation() != null) {
            add(
                    svg,
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#b00020\" stroke-width=\"2\"/>%n",
                    x(length, length),
                    TOP - 10,
                    height - 40);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void axis(StringBuilder svg, long length, int height) {
        for (int tick = 0; tick <= 10; tick++) {
            long at = length / 10 * tick;
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#666\" text-anchor=\"middle\">%.1f s</text>%n",
                    x(at, length),
                    height - 16,
                    at / 1e9);
        }
    }

    private void term(StringBuilder svg, Invariants.Reign reign, long[] span, long length) {
        double from = x(span[0], length);
        int y = y(rows.indexOf(reign.node().toString()));
        add(
                svg,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"#4c8\" stroke=\"#264\"/>%n"
                        + "<text x=\"%.1f\" y=\"%d\">%d</text>%n",
                from,
                y + 2,
                Math.max(1.5, x(span[1], length) - from),
                from + 3,
                y + 15,
                reign.token().number());
    }

    private void mark(StringBuilder svg, Mark mark, long length) {
        double x = x(mark.at, length);
        int y = y(Math.max(0, rows.indexOf(mark.who)));
        add(
                svg,
                "<path d=\"M%.1f %d l-4 8 h8 z\" fill=\"#d60\"><title>%s at %.3f s</title></path>%n",
                x,
                y + 20,
                mark.fault.text(),
                mark.at / 1e9);
        if (marks.size() <= MOST_NAMED) {
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" font-size=\"9\" fill=\"#a40\">%s</text>%n",
                    x + 4,
                    y + 30 + 9 * (marks.indexOf(mark) % 2),
                    mark.fault.text());
        }
    }

    private static double x(long at, long length) {
        return LEFT + (double) at / length * WIDTH;
    }

    private static int y(int row) {
        return TOP + row * ROW;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
