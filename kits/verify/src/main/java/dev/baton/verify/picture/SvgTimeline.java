package dev.baton.verify.picture;

import dev.baton.spi.Printable;
import dev.baton.verify.picture.LaneLabels.Label;
import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Lane;
import dev.baton.verify.picture.Timeline.Mark;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Draws a {@link Timeline} as SVG. It brings its own style, which follows the reader's preference for light or dark, so
 * that it can stand in a page or alone.
 */
public final class SvgTimeline {
    private static final int WIDTH = 1_200;
    private static final int RIGHT = 24;
    private static final int LANE = 54;
    private static final int BAR = 22;
    private static final int AXIS = 34;
    private static final int ROW = 13;
    private static final int NAME_SIZE = 12;
    private static final int TITLE_SIZE = 15;
    /** The distance of names, titles and labels from the edges. */
    private static final int MARGIN = 12;

    private static final int MOST_TICKS = 10;
    private static final long[] STEPS = {1, 2, 5, 10, 20, 50, 100, 200, 500};
    private static final Set<Timeline.Tone> UNFILLED =
            EnumSet.of(Timeline.Tone.SEEN, Timeline.Tone.ASSUMED, Timeline.Tone.DISTURBED);
    private static final int[] SECONDS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400
    };

    private static final String STYLE = """
            <style>
            .timeline{--ground:#fff;--ink:#1f2933;--faint:#6b7785;--rule:#e3e8ee;--term:#2f9e6e;--term-ink:#fff;\
            --draining:#e0a526;--assumed:#2f9e6e;--cut-off:#c2571a;--paused:#8a94a0;--gap:#7b8794;--wrong:#c81e3a;\
            --fault:#d9730d;--event:#4a6fa5;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-size:12px}
            @media (prefers-color-scheme:dark){.timeline{--ground:#14191f;--ink:#e6ebf0;--faint:#93a0ad;--rule:#2a333d;\
            --term:#3fb984;--term-ink:#0c1a13;--draining:#f0bf4c;--assumed:#3fb984;--cut-off:#f08a4b;--paused:#7d8894;\
            --gap:#93a0ad;--wrong:#ff5c74;--fault:#f5a04a;--event:#86aee6}}
            .timeline .ground{fill:var(--ground)}.timeline text{fill:var(--ink)}.timeline .name{font-weight:600}
            .timeline .faint{fill:var(--faint);font-size:11px;font-variant-numeric:tabular-nums}
            .timeline .rule{stroke:var(--rule);stroke-width:1}
            .timeline .term{fill:var(--term)}.timeline .draining{fill:var(--draining)}
            .timeline .assumed{fill:url(#assumed);stroke:var(--assumed);stroke-dasharray:3 2}
            .timeline .seen{fill:none;stroke:var(--faint);stroke-dasharray:4 3}
            .timeline .cut-off{fill:var(--cut-off)}.timeline .paused{fill:var(--paused)}
            .timeline .gap{fill:var(--gap);opacity:.22}.timeline .wrong{fill:var(--wrong)}
            .timeline .band.wrong{opacity:.28}.timeline .fault{fill:var(--fault)}.timeline .event{fill:var(--event)}
            .timeline .label{fill:var(--term-ink);font-weight:600;font-size:11px;pointer-events:none}
            .timeline .seen-label,.timeline .assumed-label{fill:var(--ink);font-size:11px;pointer-events:none}
            .timeline .hatch{stroke:var(--assumed);stroke-width:2;opacity:.55}
            .timeline .disturbed{fill:url(#disturbed);stroke:var(--fault);stroke-width:1.5}
            .timeline .disturbed-label{fill:var(--ink);font-size:11px;pointer-events:none}
            .timeline .rain{stroke:var(--fault);stroke-width:2.5;opacity:.75}
            </style>
            <defs><pattern id="assumed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <line class="hatch" x1="0" x2="0" y1="0" y2="6"/></pattern>\
            <pattern id="disturbed" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">\
            <line class="rain" x1="0" x2="0" y1="0" y2="7"/></pattern></defs>
            """;

    private final Timeline timeline;
    private final int left;
    private final int top;
    private final int height;
    private final List<List<Label<Mark>>> marked;
    private final StringBuilder svg = new StringBuilder(16_384);

    private SvgTimeline(Timeline timeline, int top) {
        this.timeline = timeline;
        this.top = top;
        double longest = timeline.lanes().stream()
                .mapToDouble(lane -> Lettering.BOLD * Lettering.width(Printable.text(lane.name()), NAME_SIZE))
                .max()
                .orElse(0);
        this.left = (int) Math.min(320, Math.max(90, Math.ceil(2 * MARGIN + longest)));
        this.marked = timeline.lanes().stream()
                .map(lane -> labels().beside(lane.marks()))
                .toList();
        this.height = top(timeline.lanes().size()) + AXIS;
    }

    /** The top of each lane; a lane is as high as its labels need. */
    private int top(int lane) {
        return top
                + marked.subList(0, lane).stream().mapToInt(SvgTimeline::height).sum();
    }

    private static int height(List<Label<Mark>> labels) {
        return LANE + ROW * labels.stream().mapToInt(Label::row).max().orElse(0);
    }

    private LaneLabels labels() {
        return new LaneLabels(this::x, left, WIDTH - MARGIN);
    }

    /** The picture, to stand in a page. */
    public static String draw(Timeline timeline) {
        return new SvgTimeline(timeline, 12).svg("", "");
    }

    /** The picture with a line above it and one below that, to stand alone. */
    public static String draw(Timeline timeline, String title, String subtitle) {
        return new SvgTimeline(timeline, 58).svg(title, subtitle);
    }

    private String svg(String title, String subtitle) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"100%%\">%n",
                WIDTH, height);
        svg.append(STYLE);
        add("<rect class=\"ground\" width=\"%d\" height=\"%d\"/>%n", WIDTH, height);
        if (!title.isEmpty()) {
            double room = WIDTH - 2 * MARGIN;
            add("<text class=\"name\" x=\"12\" y=\"22\" font-size=\"15\">%s</text>%n", bold(title, TITLE_SIZE, room));
            add("<text class=\"faint\" x=\"12\" y=\"42\">%s</text>%n", shortened(subtitle, LaneLabels.SIZE, room));
        }
        axis();
        timeline.bands().forEach(this::band);
        for (int row = 0; row < timeline.lanes().size(); row++) {
            lane(timeline.lanes().get(row), marked.get(row), top(row));
        }
        return svg.append("</svg>\n").toString();
    }

    private void axis() {
        long step = step(timeline.to() - timeline.from());
        int bottom = height - AXIS;
        double free = 0;
        for (long at = firstTick(step); at <= timeline.to(); at += step) {
            double x = x(at);
            add("<line class=\"rule\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>%n", x, top, bottom);
            String text = timeline.tick().apply(at);
            double half = Lettering.width(text, LaneLabels.SIZE) / 2;
            double middle = Math.min(x, WIDTH - half);
            if (middle - half >= free) {
                add(
                        "<text class=\"faint\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                        middle, bottom + 18, escaped(text));
                free = middle + half;
            }
        }
    }

    private long firstTick(long step) {
        return Math.floorDiv(timeline.from() + step - 1, step) * step;
    }

    /** A round number of nanoseconds, so that there are at most ten ticks: 1, 2, 5 of anything below a second, then a clock's. */
    static long step(long length) {
        for (long unit = 1; unit < 1_000_000_000L; unit *= 1_000) {
            for (long step : STEPS) {
                if (length / (step * unit) < MOST_TICKS) {
                    return step * unit;
                }
            }
        }
        for (int seconds : SECONDS) {
            if (length / (seconds * 1_000_000_000L) < MOST_TICKS) {
                return seconds * 1_000_000_000L;
            }
        }
        return Math.max(1, length / MOST_TICKS);
    }

    private void band(Bar band) {
        add(
                "<rect class=\"band %s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>%n",
                band.tone().style(), x(band.from()), top, width(band), height - AXIS - top, escaped(band.tip()));
    }

    private void lane(Lane lane, List<Label<Mark>> labels, int y) {
        int bottom = y + height(labels);
        int below = y + BAR + 12;
        add(
                "<text class=\"name\" x=\"12\" y=\"%d\">%s</text>%n",
                y + 22, bold(lane.name(), NAME_SIZE, left - 2 * MARGIN));
        add("<line class=\"rule\" x1=\"0\" x2=\"%d\" y1=\"%2$d\" y2=\"%2$d\"/>%n", WIDTH, bottom - 2);
        lane.lines()
                .forEach(line -> add(
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"4\" rx=\"2\"><title>%s</title></rect>%n",
                        line.tone().style(), x(line.from()), bottom - 10, width(line), escaped(line.tip())));
        lane.bars().forEach(bar -> bar(bar, y + 6));
        labels().inside(lane.bars()).forEach(label -> barLabel(label, y + 6));
        lane.marks().forEach(mark -> mark(mark, below));
        labels.forEach(label -> markLabel(label, below + 4));
    }

    private void bar(Bar bar, int y) {
        add(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"><title>%s</title></rect>%n",
                bar.tone().style(), x(bar.from()), y, width(bar), BAR, escaped(bar.tip()));
    }

    private void barLabel(Label<Bar> label, int y) {
        Timeline.Tone tone = label.of().tone();
        add(
                "<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>%n",
                UNFILLED.contains(tone) ? tone.style() + "-label" : "label", label.at(), y + 15, escaped(label.text()));
    }

    private void mark(Mark mark, int y) {
        add(
                "<path class=\"%s\" d=\"M%.1f %d l-4 8 h8 z\"><title>%s</title></path>%n",
                mark.tone().style(), x(mark.at()), y - 4, escaped(mark.tip()));
    }

    private void markLabel(Label<Mark> label, int y) {
        add(
                "<text class=\"faint\" x=\"%.1f\" y=\"%d\">%s%s</text>%n",
                label.at(), y + ROW * label.row(), title(label.of().tip()), escaped(label.text()));
    }

    /** As much of the text as fits; the tooltip has the rest. */
    private static String shortened(String text, double size, double room) {
        String all = text.lines().map(Printable::text).collect(Collectors.joining(" "));
        String shown = Lettering.shortened(all, size, room);
        return shown.equals(all) ? escaped(all) : title(all) + escaped(shown);
    }

    private static String bold(String text, double size, double room) {
        return shortened(text, size, room / Lettering.BOLD);
    }

    private static String title(String tip) {
        return "<title>" + escaped(tip) + "</title>";
    }

    private double x(long at) {
        long within = Math.max(timeline.from(), Math.min(timeline.to(), at));
        return left + (double) (within - timeline.from()) / (timeline.to() - timeline.from()) * (WIDTH - left - RIGHT);
    }

    private double width(Bar bar) {
        return Math.max(2, x(bar.to()) - x(bar.from()));
    }

    /** Escapes or replaces characters that XML reserves or forbids, and keeps line breaks. */
    public static String escaped(String text) {
        return text.lines()
                .map(Printable::text)
                .collect(Collectors.joining("\n"))
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
