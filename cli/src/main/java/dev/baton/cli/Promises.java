package dev.baton.cli;

import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds what was seen against what the timing promises. Reads nothing but facts, so that it judges any history.
 *
 * <p><b>Failover.</b> The last thing that a killed or stopped leader sent reached the server no later than the signal. When
 * that has {@linkplain Venue#expiry expired}, its successor has to hear of it and to write: some round trips, for which
 * ten of the slowest measured meanwhile are allowed.
 *
 * <p><b>Hand-over.</b> The work takes as long as it takes to stop. After that the standby, which watches, is told at once;
 * had it to poll, it would take up to a retryPeriod, so a hand-over must not take longer than that.
 *
 * <p><b>First election.</b> Nobody held it, so nobody's lease has to run out; but a candidate has to prove its own session
 * first. It must take no longer than a leaseDuration, from the moment at which one of them is connected and watches: how
 * long a JVM takes to start is no promise of an election.
 *
 * @param timing of the election
 * @param expiry how long after a leader falls silent its successor may take, round trips aside
 * @param failover what to hold failovers to instead, or null
 */
record Promises(
        ElectionTiming timing, Duration expiry, @Nullable Duration failover) {
    private static final int ROUND_TRIPS = 10;

    /** One verdict a promise, in the order of the scenes; a scene that is missing is a broken promise. */
    List<Verdict> judge(List<Fact> facts) {
        return List.of(
                elected(facts),
                handedOver(facts),
                failover("failover after kill -9", "signal-kill", facts),
                failover("failover after SIGSTOP", "signal-stop", facts),
                knewBetter(facts),
                staleRefused(facts),
                disjoint(Term.in(facts)),
                increasing(Term.in(facts)));
    }

    /** What the next failover is held to, by the round trips seen so far. */
    Duration failoverBound(List<Fact> facts) {
        return failoverBound(facts, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private Duration failoverBound(List<Fact> facts, long from, long to) {
        if (failover != null) {
            return failover;
        }
        List<Fact> trips = facts.stream().filter(fact -> fact.is("round-trip")).toList();
        long slowest = trips.stream()
                .filter(trip -> trip.mono() >= from && trip.mono() - trip.number("nanos") <= to)
                .mapToLong(trip -> trip.number("nanos"))
                .max()
                .orElse(0);
        return expiry.plusNanos(ROUND_TRIPS * slowest);
    }

    private Verdict elected(List<Fact> facts) {
        Optional<Fact> ready =
                facts.stream().filter(fact -> fact.is("watching")).min(Comparator.comparingLong(Fact::mono));
        Optional<Long> nanos = ready.flatMap(watch ->
                successor(facts, Long.MIN_VALUE, "").map(leads -> Math.max(0, leads.mono() - watch.mono())));
        return within("first election", nanos, timing.leaseDuration());
    }

    private Verdict handedOver(List<Fact> facts) {
        String promise = "hand-over when asked";
        Optional<Fact> asked = facts.stream()
                .filter(fact -> fact.is("term-draining") && fact.text("reason").equals("STEPPED_DOWN"))
                .findFirst();
        if (asked.isEmpty()) {
            return missing(promise, timing.retryPeriod());
        }
        Fact drain = asked.get();
        long idle = facts.stream()
                .filter(fact -> fact.is("work-stopped") && fact.sameTerm(drain))
                .mapToLong(Fact::mono)
                .findFirst()
                .orElse(drain.mono());
        return within(
                promise,
                successor(facts, drain.mono(), drain.token()).map(to -> to.mono() - drain.mono()),
                timing.retryPeriod().plusNanos(idle - drain.mono()));
    }

    /** Each failover of a kind is held to the bound; the slowest is told. */
    private Verdict failover(String promise, String fall, List<Fact> facts) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Fact fallen : facts) {
            if (fallen.is(fall)) {
                Optional<Fact> successor = successor(facts, fallen.mono(), fallen.token());
                long until = successor.map(Fact::mono).orElse(Long.MAX_VALUE);
                verdicts.add(within(
                        promise,
                        successor.map(to -> to.mono() - fallen.mono()),
                        failoverBound(facts, fallen.mono(), until)));
            }
        }
        return verdicts.stream()
                .filter(verdict -> !verdict.kept())
                .findFirst()
                .or(() -> verdicts.stream().findFirst())
                .orElseGet(() -> missing(promise, failoverBound(facts)));
    }

    private static Verdict knewBetter(List<Fact> facts) {
        List<Fact> checks = facts.stream()
                .filter(fact -> fact.is("first-check-after-pause"))
                .toList();
        boolean kept = !checks.isEmpty() && checks.stream().noneMatch(check -> check.flag("valid"));
        String measured = checks.isEmpty() ? "not seen" : kept ? "false" : "true";
        return new Verdict("first isValid() after the stop", measured, "false", kept);
    }

    /** By the order of the accepted writes alone, whatever the ledger believes that it compared. */
    private static Verdict staleRefused(List<Fact> facts) {
        String greatest = "";
        int accepted = 0;
        for (Fact fact : facts) {
            if (fact.is("ledger-accepted")) {
                accepted += fact.token().compareTo(greatest) < 0 ? 1 : 0;
                greatest = fact.token().compareTo(greatest) < 0 ? greatest : fact.token();
            }
        }
        long refused = facts.stream().filter(fact -> fact.is("ledger-refused")).count();
        boolean kept = accepted == 0 && refused > 0;
        String measured = accepted > 0 ? accepted + " accepted" : refused > 0 ? refused + " refused" : "not seen";
        return new Verdict("stale writes", measured, "all refused", kept);
    }

    private static Verdict disjoint(List<Term> terms) {
        long smallest = Long.MAX_VALUE;
        for (int later = 1; later < terms.size(); later++) {
            for (Term earlier : terms.subList(0, later)) {
                smallest = Math.min(smallest, terms.get(later).start() - earlier.end());
            }
        }
        boolean kept = terms.size() > 1 && smallest >= 0;
        String measured = terms.size() < 2
                ? terms.size() + " terms"
                : kept ? Durations.text(smallest) + " apart" : Durations.text(-smallest) + " of overlap";
        return new Verdict("one valid term at a time", measured, "no overlap", kept);
    }

    private static Verdict increasing(List<Term> terms) {
        for (int later = 1; later < terms.size(); later++) {
            String before = terms.get(later - 1).token();
            String after = terms.get(later).token();
            if (after.compareTo(before) <= 0) {
                return new Verdict(
                        "tokens grow", Fact.brief(after) + " after " + Fact.brief(before), "each greater", false);
            }
        }
        return new Verdict("tokens grow", terms.size() + " terms", "each greater", terms.size() > 1);
    }

    private static Optional<Fact> successor(List<Fact> facts, long since, String token) {
        Predicate<Fact> follows = fact ->
                fact.is("term-started") && fact.mono() >= since && !fact.token().equals(token);
        return facts.stream().filter(follows).min(Comparator.comparingLong(Fact::mono));
    }

    private static Verdict within(String promise, Optional<Long> nanos, Duration bound) {
        return nanos.map(measured -> new Verdict(
                        promise,
                        Durations.text(measured),
                        "at most " + Durations.text(bound.toNanos()),
                        measured <= bound.toNanos()))
                .orElseGet(() -> missing(promise, bound));
    }

    private static Verdict missing(String promise, Duration bound) {
        return new Verdict(promise, "did not happen", "at most " + Durations.text(bound.toNanos()), false);
    }
}
