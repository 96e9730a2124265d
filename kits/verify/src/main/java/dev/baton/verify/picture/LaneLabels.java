package dev.baton.verify.picture;

import dev.baton.spi.Printable;
import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * Places the labels of one lane, so that none covers another or a mark, or is cut off at the right.
 *
 * <p>A label that has no room beside its mark goes to a row below; without room there it is shortened, and at last left
 * out: the tooltip has the whole text.
 */
final class LaneLabels {
    /** The size of a label's letters, in pixels, as all lengths here. */
    static final double SIZE = 11;

    /** The size of labels in bars, most of which are bold. */
    private static final double BOLD_SIZE = SIZE * Lettering.BOLD;

    /** From the middle of a mark to its edge. */
    private static final double MARK = 4;
    /** From there to where its label begins. */
    private static final double BESIDE = 7;

    private static final double GAP = 4;
    /** From a mark to a label on its right that belongs to another. */
    private static final double APART = 20;

    private static final double INSET = 6;
    private static final int ROWS = 3;

    private final LongToDoubleFunction x;
    private final double left;
    private final double right;

    /** A label in its place: its left edge, and how many rows below the first one. */
    record Label<T>(T of, String text, double at, int row) {}

    /**
     * @param x where a moment is
     * @param left where labels may begin
     * @param right where they have to end
     */
    LaneLabels(LongToDoubleFunction x, double left, double right) {
        this.x = x;
        this.left = left;
        this.right = right;
    }

    /** Those of bars, each inside its own and clear of those that are drawn above it. */
    List<Label<Bar>> inside(List<Bar> bars) {
        List<Label<Bar>> labels = new ArrayList<>();
        Row row = new Row();
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double from = row.firstFree(x.applyAsDouble(bar.from()) + INSET);
            double to = Math.min(row.until(from, x.applyAsDouble(bar.to()) - GAP), right);
            for (Bar above : bars.subList(i + 1, bars.size())) {
                double begins = x.applyAsDouble(above.from()) - GAP;
                to = above.from() > bar.from() ? Math.min(to, begins) : to;
            }
            String text = Lettering.shortened(Printable.text(bar.label()), BOLD_SIZE, to - from);
            if (!text.isEmpty()) {
                labels.add(row.put(bar, text, from, Lettering.width(text, BOLD_SIZE), 0));
            }
        }
        return labels;
    }

    /** Those of marks, which stand in the first row themselves. */
    List<Label<Mark>> beside(List<Mark> marks) {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            rows.add(new Row());
        }
        marks.forEach(mark -> rows.get(0).take(x.applyAsDouble(mark.at()) - MARK, x.applyAsDouble(mark.at()) + MARK));
        List<Label<Mark>> labels = new ArrayList<>();
        marks.stream()
                .filter(mark -> !mark.label().isEmpty())
                .sorted(Comparator.comparingLong(Mark::at))
                .forEach(mark -> place(mark, rows, labels));
        return labels;
    }

    private void place(Mark mark, List<Row> rows, List<Label<Mark>> labels) {
        double at = x.applyAsDouble(mark.at());
        String text = Printable.text(mark.label());
        double width = Lettering.width(text, SIZE);
        Row first = rows.get(0);
        if (isFree(first, at + BESIDE, width)) {
            labels.add(first.put(mark, text, at + BESIDE, width, 0));
            return;
        }
        boolean cutOff = at + BESIDE + width > right;
        if (cutOff && isFree(first, at - BESIDE - width - APART, width + APART)) {
            labels.add(first.put(mark, text, at - BESIDE - width, width, 0));
            return;
        }
        double below = Math.min(at - MARK, right - width);
        for (int row = 1; row < ROWS; row++) {
            if (isFree(rows.get(row), below, width)) {
                labels.add(rows.get(row).put(mark, text, below, width, row));
                return;
            }
        }
        shorten(mark, text, rows, labels);
    }

    private void shorten(Mark mark, String text, List<Row> rows, List<Label<Mark>> labels) {
        double at = x.applyAsDouble(mark.at());
        for (int row = 0; row < ROWS; row++) {
            double from = row == 0 ? at + BESIDE : at - MARK;
            String some = Lettering.shortened(text, SIZE, rows.get(row).until(from, right) - from);
            if (!some.isEmpty()) {
                labels.add(rows.get(row).put(mark, some, from, Lettering.width(some, SIZE), row));
                return;
            }
        }
    }

    private boolean isFree(Row row, double from, double width) {
        return from >= left && from + width <= right && row.until(from, right) >= from + width;
    }

    /** What is taken of a row. */
    private static final class Row {
        private final List<double[]> taken = new ArrayList<>();

        void take(double from, double to) {
            taken.add(new double[] {from, to});
        }

        <T> Label<T> put(T of, String text, double from, double width, int row) {
            take(from, from + width + GAP);
            return new Label<>(of, text, from, row);
        }

        /** {@code from}, or where what is there ends. */
        double firstFree(double from) {
            return taken.stream()
                    .filter(span -> span[0] <= from && span[1] > from)
                    .mapToDouble(span -> span[1])
                    .max()
                    .orElse(from);
        }

        /** How far it is free from {@code from}, up to {@code to}; not at all where something is there already. */
        double until(double from, double to) {
            return taken.stream()
                    .filter(span -> span[1] > from && span[0] < to)
                    .mapToDouble(span -> Math.max(from, span[0]))
                    .min()
                    .orElse(to);
        }
    }
}
