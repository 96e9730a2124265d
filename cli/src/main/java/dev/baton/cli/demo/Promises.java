package dev.baton.cli.demo;

import dev.baton.cli.command.Durations;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks the facts against the timing's promises. It reads only facts, so that it can judge any history.
 *
 * <p>Each promise is judged by the facts that belong to it: an {@link Act} on a leader, that leader's term, and the
 * facts after it. Other facts do not count: on a busy machine leaders stand still for a second, or lose a term by the
 * rules.
 *
 * <p><b>Failover.</b> The last request of a killed or stopped leader reached the server no later than the signal. When
 * that leader's claim has {@linkplain Venue#expiry expired}, its successor must learn of it and write: some round
 * trips, for which the bound adds ten of the slowest measured meanwhile.
 *
 * <p><b>Hand-over.</b> The bound excludes the time that the work takes to stop. After that a standby that watches
 * learns of it at once; one that polls would take up to a retryPeriod, so a hand-over must not take longer than that,
 * and the same ten round trips.
 *
 * <p><b>First election.</b> No lease has to expire first, but a candidate must prove its own session. It must take no
 * longer than a leaseDuration and the same ten round trips, from the moment at which the first candidate is connected
 * and watches: an election does not promise how fast a JVM starts.
 *
 * @param timing the timing of the election
 * @param expiry how long after a leader falls silent its successor may take, round trips aside
 * @param failover another bound of failovers, or null
 */
record Promises(
        ElectionTiming timing, Duration expiry, @Nullable Duration failover) {
    private static final int ROUND_TRIPS = 10;

    /** One verdict a promise, in the order of the scenes; the verdict of a scene that was not played is "not shown". */
    List<Verdict> judge(List<Fact> facts) {
        List<Act> stops = Act.in(facts, Act.stop());
        return List.of(
                elected(facts),
                handedOver(facts),
                failover("failover after kill -9", Act.kill(), facts),
                failover("failover after SIGSTOP", Act.stop(), facts),
                knewBetter(stops),
                staleRefused(facts, stops),
                disjoint(Term.in(facts)),
                increasing(Term.in(facts)));
    }

    /** The bound of the next failover, by the round trips so far. */
    Duration failoverBound(List<Fact> facts) {
        return failoverBound(facts, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private Duration failoverBound(List<Fact> facts, long from, long to) {
        return failover == null ? expiry.plus(roundTrips(facts, from, to)) : failover;
    }

    /** The allowance for a busy machine: ten of the slowest round trip in progress between the two moments. */
    private static Duration roundTrips(List<Fact> facts, long from, long to) {
        return Duration.ofNanos(ROUND_TRIPS
                * facts.stream()
                        .filter(fact -> fact.is("round-trip"))
                        .filter(trip -> trip.mono() >= from && trip.mono() - trip.number("nanos") <= to)
                        .mapToLong(trip -> trip.number("nanos"))
                        .max()
                        .orElse(0));
    }

    private Verdict elected(List<Fact> facts) {
        String promise = "first election";
        Optional<Fact> ready = first(facts, "watching");
        Optional<Fact> leads = first(facts, "term-started");
        if (ready.isEmpty()) {
            return notShown(promise, timing.leaseDuration());
        }
        if (leads.isEmpty()) {
            return within(promise, Optional.empty(), timing.leaseDuration());
        }
        long from = ready.get().mono();
        long to = leads.get().mono();
        Duration bound = timing.leaseDuration().plus(roundTrips(facts, from, to));
        return within(promise, Optional.of(Math.max(0, to - from)), bound);
    }

    private static Optional<Fact> first(List<Fact> facts, String type) {
        return facts.stream().filter(fact -> fact.is(type)).min(Comparator.comparingLong(Fact::mono));
    }

    private Verdict handedOver(List<Fact> facts) {
        return slowest(
                "hand-over when asked", Act.in(facts, Act.handOver()), timing.retryPeriod(), this::handOverBound);
    }

    private Duration handOverBound(Act asked) {
        long from = asked.done().mono();
        long idle = asked.afterwards("work-stopped")
                .mapToLong(Fact::mono)
                .findFirst()
                .orElse(from);
        return timing.retryPeriod().plusNanos(idle - from).plus(roundTrips(asked.facts(), from, until(asked)));
    }

    private Verdict failover(String promise, Predicate<Fact> fall, List<Fact> facts) {
        return slowest(
                promise,
                Act.in(facts, fall),
                failoverBound(facts),
                fallen -> failoverBound(facts, fallen.done().mono(), until(fallen)));
    }

    private static long until(Act act) {
        return act.successor().map(Fact::mono).orElse(Long.MAX_VALUE);
    }

    /** Each act has its own bound; the verdict shows an act that broke it, or else the slowest. */
    private static Verdict slowest(String promise, List<Act> acts, Duration usual, Function<Act, Duration> bound) {
        Optional<Act> late = acts.stream()
                .filter(act -> took(act)
                        .map(nanos -> nanos > bound.apply(act).toNanos())
                        .orElse(true))
                .findFirst();
        return late.or(() -> acts.stream()
                        .max(Comparator.comparingLong(act -> took(act).orElse(Long.MAX_VALUE))))
                .map(act -> within(promise, took(act), bound.apply(act)))
                .orElseGet(() -> notShown(promise, usual));
    }

    private static Optional<Long> took(Act act) {
        return act.successor().map(to -> to.mono() - act.done().mono());
    }

    /** For every leader that was stopped, the first check after it was continued must return false. */
    private static Verdict knewBetter(List<Act> stops) {
        List<List<Fact>> checks = stops.stream()
                .map(stop -> stop.afterResumption("first-check-after-pause"))
                .toList();
        boolean lied = checks.stream().flatMap(List::stream).anyMatch(check -> check.flag("valid"));
        boolean seen = !checks.isEmpty() && checks.stream().noneMatch(List::isEmpty);
        String measured = lied ? "true" : seen ? "false" : "not seen";
        return new Verdict(
                "first isValid() after the stop", measured, "false", Verdict.Outcome.of(lied || seen, !lied));
    }

    /**
     * Judges by the order of the accepted writes alone, independent of the ledger's own comparison. No accepted write
     * of any leader may be stale, and every leader that was stopped must have sent one stale write since.
     */
    private static Verdict staleRefused(List<Fact> facts, List<Act> stops) {
        String greatest = "";
        int accepted = 0;
        for (Fact fact : facts) {
            if (fact.is("ledger-accepted")) {
                accepted += fact.token().compareTo(greatest) < 0 ? 1 : 0;
                greatest = fact.token().compareTo(greatest) < 0 ? greatest : fact.token();
            }
        }
        List<Integer> refused = stops.stream()
                .map(stop -> stop.afterResumption("ledger-refused").size())
                .toList();
        boolean seen = !refused.isEmpty() && !refused.contains(0);
        int sum = refused.stream().mapToInt(Integer::intValue).sum();
        String measured = accepted > 0 ? accepted + " accepted" : seen ? sum + " refused" : "not seen";
        return new Verdict(
                "stale writes", measured, "all refused", Verdict.Outcome.of(accepted > 0 || seen, accepted == 0));
    }

    private static Verdict disjoint(List<Term> terms) {
        long smallest = Long.MAX_VALUE;
        for (int later = 1; later < terms.size(); later++) {
            for (Term earlier : terms.subList(0, later)) {
                smallest = Math.min(smallest, terms.get(later).start() - earlier.end());
            }
        }
        boolean kept = smallest >= 0;
        String measured = terms.size() < 2
                ? terms.size() + " terms"
                : kept ? Durations.text(smallest) + " apart" : Durations.text(-smallest) + " of overlap";
        return new Verdict(
                "one valid term at a time", measured, "no overlap", Verdict.Outcome.of(terms.size() > 1, kept));
    }

    private static Verdict increasing(List<Term> terms) {
        for (int later = 1; later < terms.size(); later++) {
            String before = terms.get(later - 1).token();
            String after = terms.get(later).token();
            if (after.compareTo(before) <= 0) {
                return new Verdict(
                        "tokens grow",
                        Fact.brief(after) + " after " + Fact.brief(before),
                        "each greater",
                        Verdict.Outcome.BROKEN);
            }
        }
        return new Verdict(
                "tokens grow", terms.size() + " terms", "each greater", Verdict.Outcome.of(terms.size() > 1, true));
    }

    private static Verdict within(String promise, Optional<Long> nanos, Duration bound) {
        return new Verdict(
                promise,
                nanos.map(Durations::text).orElse("did not happen"),
                "at most " + Durations.text(bound.toNanos()),
                Verdict.Outcome.of(true, nanos.isPresent() && nanos.get() <= bound.toNanos()));
    }

    private static Verdict notShown(String promise, Duration bound) {
        return new Verdict(
                promise, "not tried", "at most " + Durations.text(bound.toNanos()), Verdict.Outcome.NOT_SHOWN);
    }
}
