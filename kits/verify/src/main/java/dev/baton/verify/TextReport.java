package dev.baton.verify;

import dev.baton.event.EndReason;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Printable;
import dev.baton.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A verdict for a terminal: a timeline in letters, the terms and the findings. */
public final class TextReport {
    private static final int CELLS = 60;
    private static final int WIDTH = 100;

    private final boolean unicode;
    private final StringBuilder text = new StringBuilder(4_096);

    private TextReport(boolean unicode) {
        this.unicode = unicode;
    }

    /**
     * The report, lines of at most a hundred characters unless a name is longer.
     *
     * @param unicode whether more than ASCII can be shown
     */
    public static String of(Verification verification, boolean unicode) {
        return new TextReport(unicode).write(verification);
    }

    private String write(Verification verification) {
        for (ElectionHistory history : verification.histories()) {
            election(history);
        }
        findings(sign("✘ ", "BROKEN "), verification.of(Kind.VIOLATION));
        findings("? ", verification.of(Kind.UNCERTAIN));
        findings(sign("· ", "- "), verification.of(Kind.NOTE));
        verification.remarks().forEach(remark -> paragraph(sign("· ", "- "), remark));
        if (!verification.findings().isEmpty() || !verification.remarks().isEmpty()) {
            text.append('\n');
        }
        paragraph("", premises(verification.premises()));
        text.append('\n');
        boolean good = verification.isGood();
        paragraph(good ? sign("✔ ", "ok: ") : sign("✘ ", "BROKEN: "), verification.summary());
        return text.toString();
    }

    /** The premises of the verdict, in a sentence. */
    static String premises(Premises premises) {
        Clocks clocks = premises.clocks();
        return (clocks.oneHost()
                        ? "Times are compared on the one monotonic clock of the machine that all of them ran on."
                        : "Times of different instances are compared by their wall clocks, taken to differ by no more than "
                                + ElectionTiming.text(clocks.uncertainty()) + ".")
                + " A candidate must lead again within " + ElectionTiming.text(premises.failoverBound())
                + " of the end of a term.";
    }

    private void election(ElectionHistory history) {
        text.append(history.election())
                .append("  ")
                .append(Words.count(history.runs().size(), "candidate"))
                .append(", ")
                .append(Words.count(history.terms().size(), "term"))
                .append(", ")
                .append(Words.span(history.end() - history.begin()))
                .append(" from ")
                .append(Words.time(history.wall(history.begin())))
                .append("\n\n");
        lanes(history);
        terms(history);
    }

    private void lanes(ElectionHistory history) {
        int names = history.runs().stream()
                .mapToInt(run -> run.name().length())
                .max()
                .orElse(0);
        Letters letters = new Letters(history, unicode, CELLS);
        for (CandidateRun run : history.runs()) {
            add("  %-" + names + "s  %s%n", run.name(), letters.lane(run));
        }
        add("  %-" + names + "s  %s%n", "", letters.axis());
        add("  %-" + names + "s  %s%n%n", "", letters.legend());
    }

    private void terms(ElectionHistory history) {
        Clocks clocks = history.clocks();
        long zero = history.begin();
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"began", "lasted", "leader", "token", "ended"});
        for (Term term : history.terms()) {
            EndReason reason = term.reason();
            rows.add(new String[] {
                "+" + Words.span(term.start(clocks) - zero),
                Words.span(term.end(clocks) - term.start(clocks)),
                term.run().name(),
                Words.token(term.token()),
                reason == null ? "not said" : reason.text()
            });
        }
        int[] widths = new int[5];
        rows.forEach(row -> {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        String format = "  %" + widths[0] + "s  %" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3] + "s  %s%n";
        rows.forEach(row -> add(format, (Object[]) row));
        text.append('\n');
    }

    private void findings(String sign, List<Finding> findings) {
        findings.forEach(finding -> paragraph(sign, finding.toString()));
    }

    /** Breaks between words. */
    private void paragraph(String sign, String words) {
        String indent = " ".repeat(sign.length());
        StringBuilder line = new StringBuilder(sign);
        for (String each : ascii(words).split(" ", -1)) {
            String word = Printable.text(each);
            if (line.length() > indent.length() && line.length() + word.length() > WIDTH) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(indent);
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private String ascii(String words) {
        return unicode ? words : words.replace('−', '-');
    }

    private String sign(String sign, String plain) {
        return unicode ? sign : plain;
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }
}
