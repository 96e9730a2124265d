package dev.baton.verify;

import dev.baton.verify.Finding.Kind;
import java.util.Comparator;
import java.util.List;

/**
 * The verdict on a set of logs.
 *
 * @param premises its assumptions
 * @param histories the history of each election, by name
 * @param findings the findings, the gravest first
 * @param remarks remarks on the files themselves
 */
public record Verification(
        Premises premises, List<ElectionHistory> histories, List<Finding> findings, List<String> remarks) {

    public Verification {
        histories = List.copyOf(histories);
        findings = List.copyOf(findings);
        remarks = List.copyOf(remarks);
    }

    /** Checks every rule on every election in {@code logs}. */
    public static Verification of(List<EventLog> logs, Premises premises) {
        List<ElectionHistory> histories = Histories.of(logs, premises.clocks());
        List<Finding> findings = histories.stream()
                .flatMap(history -> Check.all().stream().flatMap(check -> check.check(history, premises).stream()))
                .sorted(Comparator.comparing(Finding::kind))
                .toList();
        List<String> remarks =
                logs.stream().flatMap(log -> log.remarks().stream()).toList();
        return new Verification(premises, histories, findings, remarks);
    }

    /** Whether no promise was broken. An uncertain finding is not a broken promise. */
    public boolean isGood() {
        return of(Kind.VIOLATION).isEmpty();
    }

    /** The findings of one kind. */
    public List<Finding> of(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).toList();
    }

    /** The summary: one sentence, without its full stop. */
    public String summary() {
        long candidates =
                histories.stream().mapToLong(history -> history.runs().size()).sum();
        long terms =
                histories.stream().mapToLong(history -> history.terms().size()).sum();
        String what = Words.count(terms, "term") + " of " + Words.count(candidates, "candidate") + " in "
                + Words.count(histories.size(), "election");
        int broken = of(Kind.VIOLATION).size();
        int uncertain = of(Kind.UNCERTAIN).size();
        return (broken == 0 ? "no violation" : Words.count(broken, "violation")) + " in " + what
                + (uncertain == 0 ? "" : "; " + uncertain + " that cannot be told from these clocks and logs");
    }
}
