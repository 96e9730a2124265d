package dev.baton.cli.status;

import dev.baton.spi.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text, each column as wide as its widest cell, as kubectl prints them. */
final class Columns {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    /** @param titles of the columns */
    Columns(String... titles) {
        rows.add(List.of(titles));
    }

    /** A row of as many cells as there are titles, each made {@linkplain Printable printable}. */
    void add(String... cells) {
        rows.add(Arrays.stream(cells).map(Printable::value).toList());
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                line.append(cell)
                        .append(" ".repeat(width(column) - cell.length()))
                        .append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
