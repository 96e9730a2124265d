package dev.baton.cli;

import dev.baton.event.EndReason;
import org.jspecify.annotations.Nullable;

/**
 * How the timeline tells a fact.
 *
 * @param glyph the sign before the words
 * @param words what happened
 * @param tone how loudly
 */
record Line(Glyphs glyph, String words, Tone tone) {

    enum Tone {
        QUIET,
        PLAIN,
        GOOD,
        HARSH
    }

    /** The line for {@code fact}, or null for facts that are only counted. */
    static @Nullable Line of(Fact fact) {
        String token = Fact.brief(fact.token());
        return switch (fact.type()) {
            case "entered" -> new Line(Glyphs.JOINS, "starts, process " + fact.number("pid"), Tone.QUIET);
            case "term-started" -> new Line(Glyphs.LEADS, "leads, token " + token, Tone.GOOD);
            case "term-draining" -> new Line(Glyphs.HANDS_OVER, "hands over: " + reason(fact), Tone.PLAIN);
            case "term-ended" -> new Line(Glyphs.ENDED, "token " + token + " is over: " + reason(fact), Tone.QUIET);
            case "killed" -> new Line(Glyphs.KILLED, "killed (SIGKILL) while it leads", Tone.HARSH);
            case "stopped" -> new Line(Glyphs.STOPPED, "stopped (SIGSTOP) while it leads", Tone.HARSH);
            case "continued" ->
                new Line(Glyphs.CONTINUED, "continued (SIGCONT), in the middle of its work", Tone.PLAIN);
            case "first-check-after-pause" -> check(fact);
            case "write" ->
                new Line(Glyphs.WROTE, "writes to the ledger with token " + token + ", " + brief(fact), Tone.QUIET);
            case "stale-write" -> staleWrite(fact, token);
            case "ledger-refused" -> refused(fact);
            case "died" -> new Line(Glyphs.TROUBLE, "ended by itself, exit code " + fact.number("code"), Tone.HARSH);
            case "trouble", "unreachable", "token-refused" ->
                new Line(Glyphs.TROUBLE, fact.type() + ": " + fact.text("detail"), Tone.HARSH);
            default -> null;
        };
    }

    private static Line check(Fact fact) {
        boolean valid = fact.flag("valid");
        return new Line(Glyphs.ASKED, "its first isValid() answers " + valid, valid ? Tone.HARSH : Tone.GOOD);
    }

    private static Line staleWrite(Fact fact, String token) {
        String answer = fact.text("answer");
        String[] words = answer.split(" ", 2);
        if (words[0].equals("refused")) {
            return new Line(
                    Glyphs.REFUSED, "stale write refused: token " + token + " < " + Fact.brief(words[1]), Tone.GOOD);
        }
        return new Line(Glyphs.REFUSED, "stale write with token " + token + ": " + answer, Tone.HARSH);
    }

    private static @Nullable Line refused(Fact fact) {
        return fact.flag("unguardedOverwritten")
                ? new Line(
                        Glyphs.JOINS, "(a copy of the ledger without the token check took it: overwritten)", Tone.QUIET)
                : null;
    }

    private static String brief(Fact fact) {
        return fact.text("answer").split(" ", 2)[0];
    }

    private static String reason(Fact fact) {
        String name = fact.text("reason");
        return name.isEmpty() ? "no reason given" : EndReason.valueOf(name).text();
    }
}
