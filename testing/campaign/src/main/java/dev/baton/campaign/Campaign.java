package dev.baton.campaign;

import dev.baton.campaign.Fault.Kind;
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

/** Runs candidates through faults, one at a time, and judges what came of it. Not safe for use by many threads. */
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
        for (int i = 0; i < plan.candidates(); i++) {
            Scene.Way way = scene.way();
            Candidate candidate = new Candidate(i, plan, way.where(), way.proxies(), registers.url());
            candidates.add(candidate);
            candidate.start();
        }
        List<Fault> faults = Stream.concat(Scene.ofCandidates().stream(), scene.faults().stream())
                .filter(plan.faults())
                .toList();
        Schedule schedule =
                new Schedule(faults, plan.candidates(), plan.timing().leaseDuration(), plan.seed());
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
        Fault fault = draw.fault();
        long from = System.nanoTime();
        try {
            Fault.Healing healing = fault.action().strike(victim);
            if (fault.lasts()) {
                sleep(draw.lasting().minusNanos(System.nanoTime() - from));
            }
            healing.heal();
        } catch (InterruptedException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("\"" + fault.name() + "\" failed", e);
        }
        long healed = System.nanoTime();
        String whom = fault.strikesOne() ? victim.name() : fault.kind() == Kind.HAND ? "record" : "store";
        boolean led = fault.strikesOne() && victim == leader.get();
        struck.add(new Struck(fault.name(), fault.kind(), whom, led, from, healed));
        Optional<Candidate> next = awaitLeader();
        out.printf(
                Locale.ROOT,
                "%7.1f s  %s: %s%s for %.1f s; %s%n",
                (from - begun) / 1e9,
                whom,
                fault.name(),
                led ? " (leading)" : "",
                (healed - from) / 1e9,
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
