package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** The set-up of one test: an unused election, and the instances that the test opens, which are closed after it. */
final class Scene implements AutoCloseable {
    private static final Logger log = System.getLogger(Scene.class.getName());

    private final BackendHarness harness;
    private final Rule rule;
    private final Findings findings;
    private final ElectionName election;
    private final List<Party> parties = new ArrayList<>();
    private final Pause pause = new Pause();

    Scene(BackendHarness harness, Rule rule, Findings findings) {
        this.harness = harness;
        this.rule = rule;
        this.findings = findings;
        this.election = election("rule-" + rule.number().replace('.', '-'));
    }

    BackendHarness harness() {
        return harness;
    }

    Findings findings() {
        return findings;
    }

    /** The election that this test is about. */
    ElectionName election() {
        return election;
    }

    /** Another unused election. */
    ElectionName election(String name) {
        return new ElectionName(
                harness.namespace(),
                name + "-" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT));
    }

    /** The harness's shortest timing. */
    ElectionTiming timing() {
        return harness.timing();
    }

    /** A timing with a lease that outlasts any pause of this machine. */
    ElectionTiming longTiming() {
        ElectionTiming timing = harness.timing();
        return new ElectionTiming(
                timing.leaseDuration().multipliedBy(4),
                timing.renewDeadline().multipliedBy(4),
                timing.retryPeriod(),
                timing.clockDrift());
    }

    Duration patience() {
        return Timeouts.scaled(harness.patience(), Timeouts.factor());
    }

    /** The timeout of a call that may get no answer. */
    Duration callTimeout() {
        return Timeouts.scaled(harness.callTimeout(), Timeouts.factor());
    }

    /** Opens another instance. */
    Party party() throws Exception {
        Party party = new Party(this, harness.open());
        synchronized (parties) {
            parties.add(party);
        }
        return party;
    }

    /** A new claim to this test's election. */
    Claim claim(String identity) {
        return claim(election, identity, timing());
    }

    /** A new claim to this test's election, with the long timing. */
    Claim longClaim(String identity) {
        return claim(election, identity, longTiming());
    }

    Claim claim(ElectionName name, String identity, ElectionTiming timing) {
        return new Claim(name, identity, UUID.randomUUID().toString(), timing);
    }

    /** Whether {@code condition} came true in {@code patience}. */
    boolean comes(BooleanSupplier condition, Duration patience) throws InterruptedException {
        return pause.until(condition, patience);
    }

    /** Waits for {@code duration}: not for an event, but to let time pass on a real store. */
    void pass(Duration duration) throws InterruptedException {
        pause.until(() -> false, duration);
    }

    /** Fails the test, with its rule, unless {@code kept}. */
    void require(boolean kept, String seenIfNot) {
        if (!kept) {
            throw broken(seenIfNot);
        }
    }

    AssertionFailedError broken(String seen) {
        return new AssertionFailedError(rule.brokenBy(seen));
    }

    Answer.Granted granted(@Nullable Answer answer, String when) {
        if (answer instanceof Answer.Granted granted) {
            return granted;
        }
        throw broken(when + " was answered " + answer + ", not Granted");
    }

    /**
     * Skips the test if {@code answer} is a grant: the refusal is a condition of the test, and other tests require it.
     */
    void standsBy(@Nullable Answer answer) {
        if (answer instanceof Answer.Granted granted) {
            throw Cannot.because("a second claim was " + granted + " while the first was held, which rules 2.1 and 3.3"
                    + " are about");
        }
    }

    /** Fails the test, with its rule, if {@code answer} is a grant. */
    void notGranted(@Nullable Answer answer, String when) {
        require(!(answer instanceof Answer.Granted), when + " was answered " + answer);
    }

    Answer.Refused refused(@Nullable Answer answer, String when) {
        if (answer instanceof Answer.Refused refused) {
            return refused;
        }
        throw broken(when + " was answered " + answer + ", not Refused");
    }

    /**
     * Requires that no claim to this test's election is left in the store, and the next candidate is granted at once.
     */
    void vacant(String after) throws Exception {
        Party next = party();
        int left = harness.standing(election).orElse(0);
        require(left == 0, after + ", and then " + left + " of its claims still stood in the store");
        next.leadAtOnce(longClaim("next"), after);
    }

    /** The moment until which a grant excludes other candidates, by {@link System#nanoTime}. */
    static long until(Answer.Granted granted, ElectionTiming timing) {
        return granted.sentAt().nanos() + timing.scaledNanos(granted.guaranteedFor());
    }

    @Override
    public void close() {
        synchronized (parties) {
            for (int last = parties.size() - 1; last >= 0; last--) {
                close(parties.get(last).backend());
            }
            parties.clear();
        }
    }

    /** Logs failures: only the tests of rule 8.2 judge how an instance closes. */
    private void close(LockBackend backend) {
        try {
            harness.heal(backend);
        } catch (Exception e) {
            log.log(Level.DEBUG, "an instance could not be healed after a test", e);
        }
        try {
            backend.close();
        } catch (RuntimeException e) {
            log.log(Level.DEBUG, "an instance could not be closed after a test", e);
        }
    }
}
