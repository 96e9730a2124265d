package dev.baton.spi;

import dev.baton.internal.Required;
import java.time.Duration;

/**
 * The three parameters of an election, with client-go's names and defaults, and the clock drift it tolerates.
 *
 * <p>A term is valid for {@code renewDeadline} after its last successful renewal was <em>sent</em>; a standby takes over
 * no sooner than {@code leaseDuration} after it last saw the holder alive, each on its own clock. With clock rates
 * within 1 ± ρ, terms never overlap if {@code renewDeadline / (1 − ρ) ≤ leaseDuration / (1 + ρ)}; the proof is in
 * {@code docs/algorithm.md}.
 *
 * @param leaseDuration how long a standby waits for a silent leader; up to one day
 * @param renewDeadline how long a term outlives its last successful renewal; up to one day
 * @param retryPeriod how often a leader renews, and a standby without a live watch asks; up to one day
 * @param clockDrift ρ, the largest relative error of any candidate's clock rate: at least 0, below 1
 */
public record ElectionTiming(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod, double clockDrift) {

    /** The longest of any span of time that belongs to the settings of an election: one day. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration LONGEST_COUNTED = Duration.ofDays(36_500);

    /** The clock drift unless configured: 1 %, some twenty times what NTP will slew. */
    public static final double DEFAULT_CLOCK_DRIFT = 0.01;

    /** 15 s, 10 s, 2 s: the defaults of client-go, kube-scheduler and kube-controller-manager. */
    public static final ElectionTiming DEFAULT =
            of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    /**
     * @throws IllegalArgumentException naming the values and the rule, unless {@code leaseDuration > renewDeadline > 1.2 ·
     *     retryPeriod > 0} and {@code renewDeadline / (1 − ρ) ≤ leaseDuration / (1 + ρ)}
     */
    public ElectionTiming {
        positive("leaseDuration", leaseDuration);
        positive("renewDeadline", renewDeadline);
        positive("retryPeriod", retryPeriod);
        if (leaseDuration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("leaseDuration " + text(leaseDuration)
                    + " must be at most one day: it is how long a dead leader goes unnoticed; lower it");
        }
        if (leaseDuration.compareTo(renewDeadline) <= 0) {
            throw new IllegalArgumentException("leaseDuration " + text(leaseDuration)
                    + " must be longer than renewDeadline " + text(renewDeadline)
                    + ": a leader has to stop before a standby may take over; raise leaseDuration or lower"
                    + " renewDeadline");
        }
        if (renewDeadline.toNanos() <= 1.2 * retryPeriod.toNanos()) {
            throw new IllegalArgumentException("renewDeadline " + text(renewDeadline)
                    + " must be longer than 1.2 times retryPeriod " + text(retryPeriod)
                    + ": a leader needs more than one try to renew; raise renewDeadline or lower retryPeriod");
        }
        if (!(clockDrift >= 0 && clockDrift < 1)) {
            throw new IllegalArgumentException("clockDrift " + clockDrift
                    + " must be at least 0 and below 1: it is a relative error of clock rates; 0.01 is one percent");
        }
        double tolerated = toleratedDrift(leaseDuration, renewDeadline);
        if (clockDrift > tolerated) {
            throw new IllegalArgumentException(
                    "leaseDuration " + text(leaseDuration) + " and renewDeadline "
                            + text(renewDeadline) + " tolerate a clock drift of at most "
                            + Math.floor(tolerated * 1e6) / 1e6 + ", not " + clockDrift
                            + " (renewDeadline/(1-drift) <= leaseDuration/(1+drift)); raise leaseDuration or lower renewDeadline");
        }
    }

    /**
     * A timing with the {@linkplain #DEFAULT_CLOCK_DRIFT default clock drift}.
     *
     * @throws IllegalArgumentException unless {@code leaseDuration > renewDeadline > 1.2 · retryPeriod > 0} with room
     *     for the drift
     */
    public static ElectionTiming of(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
        return new ElectionTiming(leaseDuration, renewDeadline, retryPeriod, DEFAULT_CLOCK_DRIFT);
    }

    /**
     * This timing with another ρ.
     *
     * @throws IllegalArgumentException when it is more than {@link #toleratedDrift()}, or negative
     */
    public ElectionTiming withClockDrift(double drift) {
        return new ElectionTiming(leaseDuration, renewDeadline, retryPeriod, drift);
    }

    /**
     * The time that the work of a deposed leader has to stop, between the end of its term and the earliest moment at
     * which another candidate may lead: {@code leaseDuration / (1 + ρ) − renewDeadline / (1 − ρ)}, in true time.
     */
    public Duration windDownBudget() {
        double nanos = leaseDuration.toNanos() / (1 + clockDrift) - renewDeadline.toNanos() / (1 - clockDrift);
        return Duration.ofNanos((long) Math.floor(nanos));
    }

    /** The largest ρ for which the theorem holds: {@code (leaseDuration − renewDeadline) / (leaseDuration + renewDeadline)}. */
    public double toleratedDrift() {
        return toleratedDrift(leaseDuration, renewDeadline);
    }

    /**
     * What is left, on this process's clock, of {@code duration} promised on another clock:
     * {@code duration · (1 − ρ) / (1 + ρ)}.
     */
    public long scaledNanos(Duration duration) {
        return (long) Math.floor(Moment.boundedNanos(duration) * ((1 - clockDrift) / (1 + clockDrift)));
    }

    /**
     * Checks a span of time that a backend is configured with beside the three.
     *
     * @param parameter its name
     * @param hint how to choose it, which ends the sentence
     * @return {@code value}
     * @throws IllegalArgumentException unless it is greater than zero and at most {@link #LONGEST}
     */
    public static Duration check(String parameter, Duration value, String hint) {
        Required.given("hint", hint);
        if (Required.given(parameter, value).isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    parameter + " " + text(value) + " must be greater than zero and at most one day; " + hint);
        }
        return value;
    }

    /** {@code 15s/10s/2s}. */
    @Override
    public String toString() {
        return text(leaseDuration) + "/" + text(renewDeadline) + "/" + text(retryPeriod);
    }

    /** A duration as people write it: {@code 2s}, {@code 1.5s}, {@code 500ms}; nothing but zero is written as zero. */
    public static String text(Duration duration) {
        if (Required.given("duration", duration).compareTo(LONGEST_COUNTED) > 0
                || duration.compareTo(LONGEST_COUNTED.negated()) < 0) {
            return duration.toString();
        }
        long nanos = duration.toNanos();
        if (nanos != 0 && Math.abs(nanos) < 1_000) {
            return nanos + "ns";
        }
        if (Math.abs(nanos) < 1_000_000_000L) {
            return decimal(nanos / 1e6) + "ms";
        }
        return decimal(nanos / 1e9) + "s";
    }

    private static String decimal(double value) {
        double rounded = Math.round(value * 1e3) / 1e3;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }

    private static double toleratedDrift(Duration leaseDuration, Duration renewDeadline) {
        double lease = leaseDuration.toNanos();
        double renew = renewDeadline.toNanos();
        return (lease - renew) / (lease + renew);
    }

    private static void positive(String parameter, Duration value) {
        if (Required.given(parameter, value).isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    parameter + " " + text(value) + " must be greater than zero; the default is "
                            + switch (parameter) {
                                case "leaseDuration" -> "15s";
                                case "renewDeadline" -> "10s";
                                default -> "2s";
                            });
        }
        if (value.compareTo(LONGEST) > 0 && !parameter.equals("leaseDuration")) {
            throw new IllegalArgumentException(parameter + " " + text(value) + " must be at most one day; lower it");
        }
    }
}
