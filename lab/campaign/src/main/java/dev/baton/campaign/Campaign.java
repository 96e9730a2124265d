package dev.baton.campaign;

import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs candidates through faults, one or two at a time, and judges what came of it. Not safe for use by many threads. */
final class Campaign implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PROBE_MILLIS = 20;

    private final CampaignPlan plan;
    private final PrintWriter out;
    private final Scene scene;
    private final Registers registers;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Struck> struck = new ArrayList<>();
    private final long begun = System.nanoTime();

    private Campaign(CampaignPlan plan, PrintWriter out, Scene scene, Registers registers) {
        this.plan = plan;
        this.out = out;
        this.scene = scene;
        this.registers = registers;
    }

    /**
     * Carries out {@code plan}, telling {@code out} of it.
     *
     * @throws FaultChoice.UnknownFaultException when a fault is to be made that there is not
     * @throws IllegalStateException when it could not be carried out: servers or candidates ended by themselves
     */
    static Judgement run(CampaignPlan plan, PrintWriter out) throws IOException, InterruptedException {
        Registers registers = Registers.start();
        try (registers;
                Scene scene = Scene.of(plan.store());
                Campaign campaign = new Campaign(plan, out, scene, registers)) {
            campaign.play();
            campaign.leave();
            return campaign.judge();
        }
    }

    private void play() throws IOException, InterruptedException {
        List<Fault> faults = plan.faults()
                .of(Stream.concat(Scene.ofCandidates().stream(), scene.faults().stream())
                        .toList());
        Schedule schedule = new Schedule(
                faults, plan.faults().pairs(), plan.candidates(), plan.timing().leaseDuration(), plan.seed());
        for (int i = 0; i < plan.candidates(); i++) {
            Scene.Way way = scene.way();
            Candidate candidate = new Candidate(i, plan, way.where(), way.proxies(), registers.url());
            candidates.add(candidate);
            candidate.start();
        }
        if (awaitLeader().isEmpty()) {
            throw new IllegalStateException(
                    "nobody leads within " + ElectionTiming.text(PATIENCE) + "; see " + plan.folder());
        }
        long until = System.nanoTime() + plan.length().toNanos();
        while (System.nanoTime() < until && act(schedule.next())) {
            out.flush();
        }
    }

    /** Answers whether somebody leads in the end. */
    private boolean act(Draw draw) throws IOException, InterruptedException {
        sleep(draw.quiet());
        Optional<Candidate> leader = awaitLeader();
        if (leader.isEmpty()) {
            return false;
        }
        Candidate victim = draw.leader() ? leader.get() : candidates.get(draw.victim());
        boolean led = draw.fault().strikesOne() && victim == leader.get();
        Blow blow = new Blow(draw.fault(), victim);
        Optional<Blow> beside = draw.beside().map(fault -> new Blow(fault, victim));
        blow.strike();
        if (beside.isPresent()) {
            beside.get().strike();
        }
        if (draw.fault().lasts()) {
            sleep(draw.lasting().minusNanos(System.nanoTime() - blow.from()));
        }
        // The store first, so that candidates that are started find it.
        if (beside.isPresent()) {
            beside.get().heal();
        }
        blow.heal();
        long healed = System.nanoTime();
        struck.add(blow.struck(led, healed, beside.map(Blow::name).orElse("")));
        beside.ifPresent(other -> struck.add(other.struck(false, healed, blow.name())));
        Optional<Candidate> next = awaitLeader();
        if (next.isEmpty()) {
            candidates.forEach(Candidate::dumpThreads);
        }
        out.printf(
                Locale.ROOT,
                "%7.1f s  %s: %s%s%s for %.1f s; %s%n",
                (blow.from() - begun) / 1e9,
                blow.whom(),
                blow.name(),
                led ? " (leading)" : "",
                beside.map(other -> ", and " + other.whom() + ": " + other.name())
                        .orElse(""),
                (healed - blow.from()) / 1e9,
                next.map(Candidate::name).map(name -> name + " leads").orElse("nobody leads any more"));
        return next.isPresent();
    }

    private Optional<Candidate> awaitLeader() throws InterruptedException {
        long asked = System.nanoTime();
        while (System.nanoTime() - asked < PATIENCE.toNanos()) {
            for (Candidate candidate : candidates) {
                if (!candidate.isWell()) {
                    throw new IllegalStateException(candidate.name() + " ended by itself; see " + plan.folder());
                }
                if (candidate.leads()) {
                    return Optional.of(candidate);
                }
            }
            TimeUnit.MILLISECONDS.sleep(PROBE_MILLIS);
        }
        return Optional.empty();
    }

    private void leave() throws IOException {
        for (Candidate candidate : candidates) {
            candidate.terminate();
        }
    }

    private Judgement judge() throws IOException {
        List<Account> accounts = new ArrayList<>();
        for (Candidate candidate : candidates) {
            for (String identity : candidate.runs()) {
                accounts.add(Account.read(identity, candidate.diary(identity)));
            }
        }
        return new Judge(plan, scene.slack(), accounts, struck, registers.fencedHistory()).judge();
    }

    private static void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    @Override
    public void close() throws IOException {
        for (Candidate candidate : candidates) {
            candidate.close();
        }
    }
}
