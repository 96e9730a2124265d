package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate knows in every state. Immutable: a state and its candidate are a value, so that a search can hold
 * millions of them.
 *
 * @param config what it was configured with
 * @param claims how many claims it has made
 * @param calls how many calls it has made
 * @param seen the greatest token seen, anyone's
 * @param holder who was last seen to lead
 * @param watched whether changes are heard as they happen
 * @param paused whether no new term is to begin
 * @param withdrawn whether it has left the contest
 * @param closing whether it is to stop for good
 * @param races lost in a row
 * @param failures of calls to the backend, in a row
 * @param badStarts of onStartedLeading, in a row
 * @param trouble why the backend's last call failed, or null when it answered
 * @param refusal why an offered leadership was refused, or null
 * @param unfit why onStartedLeading could not begin the last time, or null when it did
 * @param work callbacks that have not finished
 */
record Knowledge(
        CandidateConfig config,
        long claims,
        long calls,
        @Nullable FencingToken seen,
        @Nullable Holder holder,
        boolean watched,
        boolean paused,
        boolean withdrawn,
        boolean closing,
        int races,
        int failures,
        int badStarts,
        @Nullable String trouble,
        @Nullable String refusal,
        @Nullable String unfit,
        @Nullable Work work) {

    /** A standby without a live watch asks at this many retryPeriods, at most: client-go's jitter factor plus one. */
    private static final double POLL_SPREAD = 1.2;

    private static final long RACE_NANOS = 5_000_000;
    /** Those who look by themselves do so within this part of a leaseDuration after it, not all at once. */
    private static final int LOOK_SPREAD = 4;

    private static final int MOST_DOUBLINGS = 20;

    static Knowledge of(CandidateConfig config) {
        return new Knowledge(config, 0, 0, null, null, false, false, false, false, 0, 0, 0, null, null, null, null);
    }

    /** Whether a new term may begin. */
    boolean contends() {
        return !paused && !withdrawn && !closing;
    }

    /** Whether an attempt may be made now: nothing of an earlier term still runs. */
    boolean mayTry() {
        return contends() && work == null;
    }

    long leaseNanos() {
        return config.timing().leaseDuration().toNanos();
    }

    long retryNanos() {
        return config.timing().retryPeriod().toNanos();
    }

    /**
     * How long onStartedLeading may take to begin: a starved machine may be late with that, as with renewals, and the
     * candidate is unhealthy meanwhile.
     */
    long beginNanos() {
        return config.timing().renewDeadline().toNanos() / 2;
    }

    /** When a call made now has to be answered: early enough that another can follow within renewDeadline. */
    Moment callDeadline(Moment now) {
        return now.plusNanos(config.timing().renewDeadline().toNanos() / 2);
    }

    // -- what the store said --------------------------------------------------------------------------------------

    Knowledge reached(Moment now, Effects effects) {
        if (trouble != null) {
            effects.tell(this, now, Type.REACHABLE, null);
        }
        return trouble == null && failures == 0
                ? this
                : edit().failures(0).trouble(null).done();
    }

    Knowledge failed(String why, Moment now, Effects effects) {
        if (!why.equals(trouble)) {
            effects.tell(this, now, Type.UNREACHABLE, why);
        }
        return edit().failures(Math.min(failures + 1, MOST_DOUBLINGS))
                .trouble(why)
                .done();
    }

    Knowledge sees(@Nullable Holder next, Moment now, Effects effects) {
        Knowledge changed = this;
        boolean same = next == null ? holder == null : next.sameAs(holder);
        if (!same) {
            changed = edit().holder(next).done();
            effects.tellLeader(
                    this, now, next == null ? Type.NO_LEADER : Type.NEW_LEADER, next == null ? null : next.identity());
            effects.add(new Effect.LeaderChanged(next));
        }
        boolean ours = next != null && next.nonce() != null && next.nonce().startsWith(config.candidate());
        return next == null || next.token() == null || ours ? changed : changed.seesToken(next.token());
    }

    Knowledge seesToken(FencingToken token) {
        return seen == null || token.isAfter(seen) ? edit().seen(token).done() : this;
    }

    Knowledge watching(boolean live, Moment now, Effects effects) {
        if (live == watched) {
            return this;
        }
        effects.tell(this, now, live ? Type.WATCHING : Type.POLLING, null);
        return edit().watched(live).done();
    }

    // -- when to try again ----------------------------------------------------------------------------------------

    /**
     * When to try, told of the next {@code chance}. Whoever hears nothing looks by itself about
     * once a leaseDuration, whatever it was told to wait for: what should have told it may have been lost (rule 6.5).
     */
    Moment tryAfter(Chance chance, Moment now, Effects effects) {
        long wait = chance.nanos();
        if (!watched) {
            wait = Math.min(wait, poll(effects));
        } else if (wait > leaseNanos()) {
            wait = leaseNanos() + effects.upTo(leaseNanos() / LOOK_SPREAD);
        }
        return now.plusNanos(wait + effects.upTo(raceNanos()));
    }

    /** When to try, told that the election is free for whoever is quickest. */
    Moment tryRacing(Moment now, Effects effects) {
        return now.plusNanos(effects.upTo(raceNanos()));
    }

    /** When to try after a call that learned nothing. */
    Moment tryAfterFailure(Moment now, Effects effects) {
        long backoff = doubled(retryNanos(), failures - 1, leaseNanos());
        return now.plusNanos(backoff / 2 + effects.upTo(backoff / 2));
    }

    /** How long to leave the contest to others after stepping down, or after work that would not start. */
    Moment rest(Moment now) {
        return now.plusNanos(doubled(retryNanos(), badStarts, leaseNanos()));
    }

    private long poll(Effects effects) {
        return retryNanos() + effects.upTo((long) (retryNanos() * POLL_SPREAD));
    }

    private long raceNanos() {
        return doubled(RACE_NANOS, races, retryNanos());
    }

    /** {@code first}, doubled that many times, but no more than {@code most}: shifted too far it would be negative. */
    private static long doubled(long first, int times, long most) {
        int doublings = Math.min(times, MOST_DOUBLINGS);
        return first > most >> doublings ? most : first << doublings;
    }

    // -- changes --------------------------------------------------------------------------------------------------

    Claim claim() {
        return config.claim(claims);
    }

    Knowledge nextClaim() {
        return edit().claims(claims + 1).done();
    }

    Knowledge nextCall() {
        return edit().calls(calls + 1).done();
    }

    Knowledge withWork(@Nullable Work next) {
        return edit().work(next).done();
    }

    /** Tells the work, if any, why it has to stop. */
    Knowledge stopWork(EndReason why, Effects effects) {
        return work == null ? this : withWork(work.stop(why, effects));
    }

    boolean workIs(Work.Stage stage) {
        return work != null && work.is(stage);
    }

    Editor edit() {
        return new Editor(this);
    }

    /** Copies a candidate with some fields changed. */
    static final class Editor {
        private final CandidateConfig config;
        private long claims;
        private long calls;
        private @Nullable FencingToken seen;
        private @Nullable Holder holder;
        private boolean watched;
        private boolean paused;
        private boolean withdrawn;
        private boolean closing;
        private int races;
        private int failures;
        private int badStarts;
        private @Nullable String trouble;
        private @Nullable String refusal;
        private @Nullable String unfit;
        private @Nullable Work work;

        private Editor(Knowledge from) {
            config = from.config;
            claims = from.claims;
            calls = from.calls;
            seen = from.seen;
            holder = from.holder;
            watched = from.watched;
            paused = from.paused;
            withdrawn = from.withdrawn;
            closing = from.closing;
            races = from.races;
            failures = from.failures;
            badStarts = from.badStarts;
            trouble = from.trouble;
            refusal = from.refusal;
            unfit = from.unfit;
            work = from.work;
        }

        Editor claims(long value) {
            claims = value;
            return this;
        }

        Editor calls(long value) {
            calls = value;
            return this;
        }

        Editor seen(FencingToken value) {
            seen = value;
            return this;
        }

        Editor holder(@Nullable Holder value) {
            holder = value;
            return this;
        }

        Editor watched(boolean value) {
            watched = value;
            return this;
        }

        Editor paused(boolean value) {
            paused = value;
            return this;
        }

        Editor withdrawn(boolean value) {
            withdrawn = value;
            return this;
        }

        Editor closing(boolean value) {
            closing = value;
            return this;
        }

        Editor races(int value) {
            races = value;
            return this;
        }

        Editor failures(int value) {
            failures = value;
            return this;
        }

        Editor badStarts(int value) {
            badStarts = value;
            return this;
        }

        Editor trouble(@Nullable String value) {
            trouble = value;
            return this;
        }

        Editor refusal(@Nullable String value) {
            refusal = value;
            return this;
        }

        Editor unfit(@Nullable String value) {
            unfit = value;
            return this;
        }

        Editor work(@Nullable Work value) {
            work = value;
            return this;
        }

        Knowledge done() {
            return new Knowledge(
                    config, claims, calls, seen, holder, watched, paused, withdrawn, closing, races, failures,
                    badStarts, trouble, refusal, unfit, work);
        }
    }
}
