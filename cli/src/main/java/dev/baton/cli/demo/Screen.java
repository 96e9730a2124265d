package dev.baton.cli.demo;

import dev.baton.cli.command.Terminal;
import dev.baton.spi.Printable;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timeline, as it happens.
 *
 * <p>Facts of several processes arrive a little out of order; each is delayed by a tenth of a second, so that they are
 * printed in the order in which they happened.
 */
final class Screen implements AutoCloseable {
    private static final long HELD_NANOS = Duration.ofMillis(100).toNanos();
    private static final int BAR = 30;
    private static final String QUIET = "2";
    private static final String BOLD = "1";
    private static final String GREEN = "32";
    private static final String RED = "31";
    /** One for each name's first letter; legible on dark and on light. */
    private static final int[] NAMES = {74, 173, 107, 139, 72, 179, 168, 67, 97};

    private final Terminal terminal;
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final PriorityQueue<Fact> due = new PriorityQueue<>(Comparator.comparingLong(Fact::mono));
    private final Thread thread = new Thread(this::run, "demo-screen");
    private @Nullable String waiting;
    private long waitingSince;
    private Duration waitingAtMost = Duration.ZERO;
    private boolean barShown;
    private boolean silent;

    Screen(Terminal terminal) {
        this.terminal = terminal;
        this.out = terminal.out();
        thread.setDaemon(true);
        thread.start();
    }

    /** How long the demo has been running. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    synchronized void tell(Fact fact) {
        due.add(fact);
    }

    /** Shows, on a terminal, the awaited event and how long it may take. */
    synchronized void waitFor(String what, Duration atMost) {
        waiting = what;
        waitingSince = System.nanoTime();
        waitingAtMost = atMost;
    }

    synchronized void waitedEnough() {
        waiting = null;
        eraseBar();
    }

    /** Prints the delayed facts. */
    synchronized void flush() {
        tellUntil(Long.MAX_VALUE);
        eraseBar();
    }

    /** Prints no more facts, but still {@linkplain #say messages}. */
    synchronized void hush() {
        flush();
        waiting = null;
        silent = true;
    }

    synchronized void say(String text) {
        eraseBar();
        out.println(text);
    }

    String bold(String text) {
        return paint(BOLD, text);
    }

    String quiet(String text) {
        return paint(QUIET, text);
    }

    String bad(String text) {
        return paint(BOLD + ";" + RED, text);
    }

    /** The verdicts as a table, and the summary line. */
    synchronized void table(List<Verdict> verdicts, String footnote) {
        String row = "  %-30s  %-16s  %-18s  ";
        say("");
        say(quiet(String.format(row, "promise", "measured", "held to").stripTrailing()));
        say("  " + quiet(Glyph.RULE.in(terminal).repeat(78)));
        for (Verdict verdict : verdicts) {
            String text = String.format(row, verdict.promise(), verdict.measured(), verdict.bound());
            String kept = Glyph.KEPT.in(terminal) + (terminal.unicode() ? " kept" : "");
            String broken = Glyph.BROKEN.in(terminal) + (terminal.unicode() ? " broken" : "");
            say(text
                    + switch (verdict.outcome()) {
                        case KEPT -> paint(GREEN, kept);
                        case BROKEN -> bad(broken);
                        case NOT_SHOWN -> quiet("not shown");
                    });
        }
        say("  " + quiet(Glyph.RULE.in(terminal).repeat(78)));
        say(quiet("  " + footnote));
        long kept = verdicts.stream().filter(Verdict::kept).count();
        long notShown = verdicts.stream()
                .filter(verdict -> verdict.outcome() == Verdict.Outcome.NOT_SHOWN)
                .count();
        String summary = String.format(
                Locale.ROOT,
                "%d of %d promises kept%s in %.1f s",
                kept,
                verdicts.size(),
                notShown == 0 ? "" : ", " + notShown + " not shown",
                elapsed().toNanos() / 1e9);
        say("");
        say("  " + (kept == verdicts.size() ? paint(BOLD + ";" + GREEN, summary) : bad(summary)));
    }

    @Override
    public void close() {
        hush();
        thread.interrupt();
    }

    private void run() {
        try {
            for (; ; ) {
                TimeUnit.MILLISECONDS.sleep(50);
                synchronized (this) {
                    tellUntil(System.nanoTime() - HELD_NANOS);
                    drawBar();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellUntil(long mono) {
        for (Fact next = due.peek(); next != null && next.mono() <= mono; next = due.peek()) {
            due.remove();
            if (!silent) {
                print(next);
            }
        }
    }

    private void print(Fact fact) {
        if (fact.is("scene")) {
            say("");
            say("  " + bold(fact.number("number") + "  " + fact.text("title")));
            return;
        }
        for (Line line : Line.of(fact)) {
            String time = String.format(Locale.ROOT, "+%7.3f s", (fact.mono() - start) / 1e9);
            String name = String.format("%-7s", Printable.value(fact.who()));
            say("   " + quiet(time) + "  " + paint(colour(fact.who()), name) + " " + toned(line));
        }
    }

    private String toned(Line line) {
        String text = line.glyph().in(terminal) + "  " + Printable.text(line.words());
        return switch (line.tone()) {
            case QUIET -> quiet(text);
            case PLAIN -> text;
            case GOOD -> paint(GREEN, text);
            case HARSH -> paint(RED, text);
        };
    }

    private void drawBar() {
        String what = waiting;
        if (what == null || silent || !terminal.live() || !due.isEmpty()) {
            return;
        }
        long nanos = System.nanoTime() - waitingSince;
        long most = Math.max(1, waitingAtMost.toNanos());
        int done = (int) Math.min(BAR, BAR * nanos / most);
        String bar =
                Glyph.DONE.in(terminal).repeat(done) + Glyph.TO_DO.in(terminal).repeat(BAR - done);
        String text = String.format(Locale.ROOT, "%s  %.1f s of at most %.1f s", bar, nanos / 1e9, most / 1e9);
        out.print("\r\033[K" + "   " + quiet(text + ", waiting for " + what));
        out.flush();
        barShown = true;
    }

    private void eraseBar() {
        if (barShown) {
            out.print("\r\033[K");
            out.flush();
            barShown = false;
        }
    }

    private static String colour(String name) {
        int letter = name.isEmpty() ? 0 : name.charAt(0) - 'a';
        return letter < 0 || letter >= NAMES.length ? BOLD : "38;5;" + NAMES[letter];
    }

    private String paint(String code, String text) {
        String shown = Printable.text(text);
        return terminal.colour() ? "\033[" + code + "m" + shown + "\033[0m" : shown;
    }
}
