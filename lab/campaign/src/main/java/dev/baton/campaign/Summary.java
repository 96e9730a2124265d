package dev.baton.campaign;

import dev.baton.verify.Finding;
import dev.baton.verify.register.RegisterVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A campaign in figures, as Markdown, which is as legible on a terminal. */
final class Summary {
    private final Judgement judgement;
    private final StringBuilder text = new StringBuilder();

    private Summary(Judgement judgement) {
        this.judgement = judgement;
    }

    static String of(Judgement judgement) {
        return new Summary(judgement).write();
    }

    private String write() {
        judgement.verification().remarks().forEach(remark -> add("%s%n", remark));
        add(
                "%n| Fault | times | leader changed | nobody led at most | after healing at most |%n|---|--:|--:|--:|--:|%n");
        Map<String, List<Effect>> byFault = new TreeMap<>();
        judgement.effects().stream()
                .filter(effect ->
                        effect.struck().isAlone() || effect.struck().kind().strikesOne())
                .forEach(effect -> byFault.computeIfAbsent(row(effect.struck()), unseen -> new ArrayList<>())
                        .add(effect));
        byFault.forEach((fault, effects) -> add(
                "| %s | %d | %d | %s | %s |%n",
                fault,
                effects.size(),
                effects.stream().filter(Effect::changed).count(),
                longest(effects, Effect::leaderless),
                longest(effects, Effect::afterHealing)));
        add("%n");
        register("compared", judgement.fenced());
        register("not compared", judgement.unfenced());
        long terms = judgement.verification().histories().stream()
                .mapToLong(history -> history.terms().size())
                .sum();
        add(
                "%d faults, %d terms; two said that they led at once: %d times, %.1f ms in all%n",
                judgement.effects().size(),
                terms,
                judgement.overlaps().size(),
                judgement.overlaps().stream()
                                .mapToLong(overlap -> overlap.when().length())
                                .sum()
                        / 1e6);
        judgement
                .verification()
                .findings()
                .forEach(finding -> add(
                        "%s: %s: %s%n",
                        finding.kind().name().toLowerCase(Locale.ROOT),
                        finding.rule().text(),
                        finding.text()));
        int broken = judgement.verification().of(Finding.Kind.VIOLATION).size();
        add(broken == 0 ? "no violation%n" : "%d violation(s)%n", broken);
        return text.toString();
    }

    /** A pair is in the row of neither, since it is not known which of them did what. */
    private static String row(Struck struck) {
        return struck.isAlone() ? struck.fault() + (struck.leading() ? ", leading" : "") : "two at once";
    }

    private void register(String tokens, RegisterVerdict verdict) {
        add(
                "tokens %s: %d writes done, %d refused, %d unanswered; %d stale, %d lost, %s%n",
                tokens,
                verdict.done(),
                verdict.refused(),
                verdict.unknown(),
                verdict.staleWrites().size(),
                verdict.lostWrites().size(),
                verdict.undecided() ? "undecided" : verdict.isLinearizable() ? "linearizable" : "not linearizable");
    }

    private static String longest(List<Effect> effects, Function<Effect, Duration> what) {
        double seconds =
                effects.stream().map(what).mapToLong(Duration::toMillis).max().orElse(0) / 1e3;
        return String.format(Locale.ROOT, "%.2f s", seconds);
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }
}
