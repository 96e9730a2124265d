package dev.baton.cli.demo;

import dev.baton.event.EndReason;
import java.util.List;

/**
 * The line of the timeline for a fact.
 *
 * @param glyph the sign before the words
 * @param words the event
 * @param tone its emphasis
 */
record Line(Glyph glyph, String words, Tone tone) {

    enum Tone {
        QUIET,
        PLAIN,
        GOOD,
        HARSH
    }

    /** The lines for {@code fact}; none for facts that the timeline does not show. */
    static List<Line> of(Fact fact) {
        String token = Fact.brief(fact.token());
        return switch (fact.type()) {
            case "entered" -> one(Glyph.JOINS, "starts, process " + fact.number("pid"), Tone.QUIET);
            case "term-started" -> one(Glyph.LEADS, "leads, token " + token, Tone.GOOD);
            case "term-draining" -> one(Glyph.HANDS_OVER, "hands over: " + reason(fact), Tone.PLAIN);
            case "term-ended" -> one(Glyph.ENDED, "token " + token + " is over: " + reason(fact), Tone.QUIET);
            case "signal-kill" -> one(Glyph.KILLED, "killed (SIGKILL) while it leads", Tone.HARSH);
            case "signal-stop" -> one(Glyph.STOPPED, "stopped (SIGSTOP) while it leads", Tone.HARSH);
            case "signal-cont" -> one(Glyph.CONTINUED, "continued (SIGCONT) in the middle of its work", Tone.PLAIN);
            case "first-check-after-pause" -> check(fact);
            case "write" -> one(Glyph.WROTE, "writes with token " + token + ": " + brief(fact), Tone.QUIET);
            case "stale-write" -> staleWrite(fact, token);
            case "died" -> one(Glyph.TROUBLE, "ended by itself, exit code " + fact.number("code"), Tone.HARSH);
            case "trouble", "unreachable", "token-refused" ->
                one(Glyph.TROUBLE, fact.type() + ": " + fact.text("detail"), Tone.HARSH);
            default -> List.of();
        };
    }

    private static List<Line> one(Glyph glyph, String words, Tone tone) {
        return List.of(new Line(glyph, words, tone));
    }

    private static List<Line> check(Fact fact) {
        boolean valid = fact.flag("valid");
        return one(Glyph.ASKED, "its first isValid() answers " + valid, valid ? Tone.HARSH : Tone.GOOD);
    }

    private static List<Line> staleWrite(Fact fact, String token) {
        String answer = fact.text("answer");
        String[] words = answer.split(" ", 3);
        if (!words[0].equals("refused")) {
            return List.of(new Line(Glyph.REFUSED, "stale write with token " + token + ": " + answer, Tone.HARSH));
        }
        Line refused = new Line(
                Glyph.REFUSED, "stale write refused: token " + token + " < " + Fact.brief(words[1]), Tone.GOOD);
        return words.length < 3
                ? List.of(refused)
                : List.of(refused, new Line(Glyph.JOINS, "without that check newer data was overwritten", Tone.QUIET));
    }

    private static String brief(Fact fact) {
        return fact.text("answer").split(" ", 2)[0];
    }

    private static String reason(Fact fact) {
        String name = fact.text("reason");
        return name.isEmpty() ? "no reason given" : EndReason.valueOf(name).text();
    }
}
