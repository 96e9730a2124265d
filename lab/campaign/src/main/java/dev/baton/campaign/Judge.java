package dev.baton.campaign;

import dev.baton.campaign.Fault.Kind;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.verify.Clocks;
import dev.baton.verify.Disturbance;
import dev.baton.verify.ElectionHistory;
import dev.baton.verify.EventLog;
import dev.baton.verify.Finding;
import dev.baton.verify.Origin;
import dev.baton.verify.Premises;
import dev.baton.verify.Rule;
import dev.baton.verify.Staging;
import dev.baton.verify.Term;
import dev.baton.verify.Verification;
import dev.baton.verify.register.Operation;
import dev.baton.verify.register.Operation.Outcome;
import dev.baton.verify.register.RegisterCheck;
import dev.baton.verify.register.RegisterVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Holds what candidates told against what an election promises:
 *
 * <ul>
 *   <li>No two say that they lead at the same time, asked again and again, nor are two terms valid by the leaders' own
 *       events; where somebody has ended a live claim by hand, for no longer than a retryPeriod, or than renewDeadline
 *       where the leader was cut off then, or its session ended.
 *   <li>Tokens grow, terms start and stop once, what has expired stays so: by the events, where they are told.
 *   <li>The register that compares tokens takes no stale write and loses none; what it acknowledged is in its history.
 *   <li>After a fault is healed somebody leads within the bound: leaseDuration, two retryPeriods, and what the store adds.
 * </ul>
 *
 * The register that compares nothing is judged too, and held against nobody: it shows what the comparing is for.
 */
final class Judge {
    private static final Set<Rule> BY_EVENTS = EnumSet.of(
            Rule.TOKENS_GROW, Rule.TOKEN_HAS_ONE_HOLDER, Rule.CALLBACK_GRAMMAR, Rule.EXPIRY_IS_FINAL, Rule.CLOCKS);
    private static final Clocks CLOCKS = Clocks.ofOneHost();
    /** Who asks every few milliseconds on a busy machine misses as much now and then. */
    private static final long UNASKED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final ElectionName ELECTION = ElectionName.parse(CampaignPlan.ELECTION);

    private final CampaignPlan plan;
    private final Duration bound;
    private final List<Account> accounts;
    private final List<Struck> struck;
    private final List<Registers.Applied> history;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Stretch> led;

    /**
     * @param slack how much later than an election promises somebody may lead, by the rules of the store
     * @param history what took effect in the register that compares tokens
     */
    Judge(
            CampaignPlan plan,
            Duration slack,
            List<Account> accounts,
            List<Struck> struck,
            List<Registers.Applied> history) {
        this.plan = plan;
        this.bound = plan.timing()
                .leaseDuration()
                .plus(plan.timing().retryPeriod().multipliedBy(2))
                .plus(plan.elector().allowance(plan.timing()))
                .plus(slack);
        this.accounts = List.copyOf(accounts);
        this.struck = List.copyOf(struck);
        this.history = List.copyOf(history);
        this.led = Stretch.joined(
                accounts.stream().flatMap(account -> account.claims().stream()).toList(), UNASKED_NANOS);
    }

    Judgement judge() {
        boolean told =
                accounts.stream().anyMatch(account -> !account.events().events().isEmpty());
        List<EventLog> logs =
                told ? accounts.stream().map(Account::events).toList() : Retold.from(accounts, ELECTION, UNASKED_NANOS);
        Verification events = Verification.of(logs, new Premises(CLOCKS, bound));
        List<Overlap> claims = Overlap.among(claims());
        claims.forEach(overlap -> overlap(overlap, "said that they led"));
        if (told) {
            Overlap.among(terms(events)).forEach(overlap -> overlap(overlap, "had valid terms by their own events"));
            events.findings().stream()
                    .filter(finding -> BY_EVENTS.contains(finding.rule()))
                    .forEach(findings::add);
        }
        RegisterVerdict fenced = fenced();
        RegisterVerdict unfenced = unfenced();
        List<Effect> effects = struck.stream().map(this::effect).toList();
        effects.forEach(this::withinBound);
        findings.sort(Comparator.comparing(Finding::kind));
        return new Judgement(
                new Verification(events.premises(), events.histories(), findings, remarks()),
                staging(),
                effects,
                fenced,
                unfenced,
                claims);
    }

    private Map<String, List<Stretch>> claims() {
        Map<String, List<Stretch>> claims = new LinkedHashMap<>();
        accounts.forEach(account -> claims.put(account.identity(), account.claims()));
        return claims;
    }

    private static Map<String, List<Stretch>> terms(Verification events) {
        Map<String, List<Stretch>> terms = new LinkedHashMap<>();
        for (ElectionHistory history : events.histories()) {
            for (Term term : history.terms()) {
                terms.computeIfAbsent(term.run().name(), unseen -> new ArrayList<>())
                        .add(new Stretch(term.start(CLOCKS), term.end(CLOCKS)));
            }
        }
        return terms;
    }

    private void overlap(Overlap overlap, String what) {
        Optional<Struck> hand = struck.stream()
                .filter(fault -> fault.kind().isByHand()
                        && fault.from() <= overlap.when().from()
                        && overlap.when().to()
                                <= fault.to() + excused(fault, overlap).toNanos())
                .findFirst();
        String text = overlap.one() + " and " + overlap.other() + " both " + what + " for "
                + span(overlap.when().length());
        find(
                hand.isPresent() ? Finding.Kind.NOTE : Finding.Kind.VIOLATION,
                Rule.ONE_LEADER,
                text
                        + hand.map(fault -> ", which somebody's hand explains (\"" + fault.fault()
                                        + "\"), and is within " + ElectionTiming.text(excused(fault, overlap))
                                        + " of it")
                                .orElse(during(overlap.when())));
    }

    /** How long after {@code hand} both of {@code overlap} may lead. */
    private Duration excused(Struck hand, Overlap overlap) {
        return hand.kind() == Kind.SESSION || wasCutOff(hand, overlap)
                ? plan.timing().renewDeadline()
                : plan.timing().retryPeriod();
    }

    /** Whether something else happened to one of the two, or to the store, after {@code hand} was raised, or lasted until then. */
    private boolean wasCutOff(Struck hand, Overlap overlap) {
        List<String> concerned =
                List.of(Struck.STORE, Candidate.nameIn(overlap.one()), Candidate.nameIn(overlap.other()));
        Stretch since = new Stretch(hand.from(), overlap.when().to());
        return struck.stream()
                .anyMatch(fault -> concerned.contains(fault.whom())
                        && new Stretch(fault.from(), fault.to()).and(since).length() >= 0);
    }

    private String during(Stretch when) {
        return struck.stream()
                .filter(fault -> new Stretch(fault.from(), fault.to()).and(when).length() >= 0)
                .findFirst()
                .map(fault -> ", during \"" + fault.fault() + "\" (" + fault.whom() + ")")
                .orElse(", while nothing was done to anybody");
    }

    private RegisterVerdict fenced() {
        List<Operation> operations = operations(true);
        RegisterVerdict verdict = RegisterCheck.check(operations, true);
        verdict.staleWrites().forEach(text -> writes(Finding.Kind.VIOLATION, "stale: " + text));
        verdict.lostWrites().forEach(text -> writes(Finding.Kind.VIOLATION, "lost: " + text));
        if (!verdict.contradiction().isEmpty()) {
            writes(Finding.Kind.VIOLATION, "not linearizable: " + verdict.contradiction());
        }
        if (verdict.undecided()) {
            writes(Finding.Kind.UNCERTAIN, "whether the register is linearizable could not be found out in time");
        }
        Set<Long> applied = history.stream().map(Registers.Applied::value).collect(Collectors.toSet());
        operations.stream()
                .filter(call -> call.kind() == Operation.Kind.WRITE
                        && call.outcome() == Outcome.DONE
                        && !applied.contains(call.value()))
                .forEach(call -> writes(
                        Finding.Kind.VIOLATION, call + " was acknowledged, and is not in the register's history"));
        Long greatest = null;
        for (Registers.Applied write : history) {
            Long token = write.token();
            if (token != null && greatest != null && token < greatest) {
                writes(Finding.Kind.VIOLATION, "the register took token " + token + " after token " + greatest);
            }
            greatest = token == null ? greatest : token;
        }
        return verdict;
    }

    private RegisterVerdict unfenced() {
        RegisterVerdict verdict = RegisterCheck.check(operations(false), false);
        int wrong = verdict.staleWrites().size() + verdict.lostWrites().size();
        if (wrong > 0) {
            List<String> examples = verdict.staleWrites().isEmpty() ? verdict.lostWrites() : verdict.staleWrites();
            writes(
                    Finding.Kind.NOTE,
                    "the register that compares no tokens took "
                            + verdict.staleWrites().size()
                            + " stale writes and lost " + verdict.lostWrites().size() + ", as it may: "
                            + examples.get(0));
        }
        return verdict;
    }

    private List<Operation> operations(boolean fenced) {
        return accounts.stream()
                .flatMap(account -> (fenced ? account.fenced() : account.unfenced()).stream())
                .toList();
    }

    private Effect effect(Struck fault) {
        Stretch lasting = new Stretch(fault.from(), fault.healed());
        long longest = 0;
        long end = led.isEmpty() ? fault.healed() : led.get(led.size() - 1).to();
        for (int i = 0; i + 1 < led.size(); i++) {
            Stretch gap = new Stretch(led.get(i).to(), led.get(i + 1).from());
            // The leader that a fault strikes said so for the last time a little before.
            if (gap.from() >= lasting.from() - UNASKED_NANOS && gap.from() <= lasting.to()) {
                longest = Math.max(longest, gap.length());
            }
        }
        long again = led.stream()
                .filter(stretch -> stretch.to() > fault.healed())
                .mapToLong(stretch -> Math.max(stretch.from(), fault.healed()))
                .min()
                .orElse(Math.max(end, fault.healed()) + TimeUnit.DAYS.toNanos(1));
        return new Effect(
                fault,
                !claimantAt(fault.from(), true).equals(claimantAt(again, false)),
                Duration.ofNanos(longest),
                Duration.ofNanos(again - fault.healed()));
    }

    /** Who claimed last before {@code at}, or first after it. */
    private String claimantAt(long at, boolean before) {
        String claimant = "";
        long nearest = Long.MAX_VALUE;
        for (Account account : accounts) {
            for (Stretch claim : account.claims()) {
                boolean counts = before ? claim.from() <= at : claim.to() >= at;
                long distance = before ? Math.max(0, at - claim.to()) : Math.max(0, claim.from() - at);
                if (counts && distance < nearest) {
                    nearest = distance;
                    claimant = account.identity();
                }
            }
        }
        return claimant;
    }

    private void withinBound(Effect effect) {
        if (effect.afterHealing().compareTo(bound) > 0) {
            find(
                    Finding.Kind.VIOLATION,
                    Rule.LEADER_WITHIN_BOUND,
                    "after \"" + effect.struck().fault() + "\" ("
                            + effect.struck().whom() + ")"
                            + (effect.struck().isAlone()
                                    ? ""
                                    : " and \"" + effect.struck().beside() + "\"")
                            + (effect.afterHealing().toDays() > 0
                                    ? " nobody led any more"
                                    : " was healed, nobody led for "
                                            + span(effect.afterHealing().toNanos()))
                            + "; the bound is " + ElectionTiming.text(bound));
        }
    }

    private List<String> remarks() {
        return List.of(
                plan.elector().text() + " on " + plan.store().text() + ", " + plan.candidates() + " candidates with "
                        + plan.timing() + ", seed " + plan.seed() + ", " + struck.size() + " faults",
                "after healing somebody has to lead within " + ElectionTiming.text(bound));
    }

    private Staging staging() {
        return new Staging(
                Candidate::nameIn,
                struck.stream()
                        .map(fault -> new Disturbance(fault.whom(), fault.from(), fault.to(), fault.fault()))
                        .toList());
    }

    private void writes(Finding.Kind kind, String text) {
        find(kind, Rule.FENCED_WRITES, text);
    }

    private void find(Finding.Kind kind, Rule rule, String text) {
        findings.add(new Finding(kind, rule, ELECTION, text, List.<Origin>of()));
    }

    private static String span(long nanos) {
        return String.format(
                Locale.ROOT,
                nanos < 1_000_000_000L ? "%.1f ms" : "%.3f s",
                nanos / (nanos < 1_000_000_000L ? 1e6 : 1e9));
    }
}
