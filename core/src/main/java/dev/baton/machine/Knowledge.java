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
 * The knowledge of a candidate, in every state. Immutable: a state with its knowledge is a value, so that a search can
 * hold millions of them.
 *
 * @param config its configuration
 * @param counters its counters
 * @param wishes the user's wishes
 * @param contact with the store
 * @param seen in the store
 * @param refusal why an offered leadership was refused, or null
 * @param unfit why onStartedLeading could not begin the last time, or null when it did
 * @param work callbacks that have not finished
 */
record Knowledge(
        CandidateConfig config,
        Counters counters,
        Wishes wishes,
        Contact contact,
        Seen seen,
        @Nullable String refusal,
        @Nullable String unfit,
        @Nullable Work work) {

    /** A standby without a live watch polls after this many retryPeriods at most: client-go's jitter factor plus one. */
    private static final double POLL_SPREAD = 1.2;

    private static final long RACE_NANOS = 5_000_000;
    /** Standbys look by themselves within this part of a leaseDuration after it, not all at once. */
    private static final int LOOK_SPREAD = 4;

    private static final int MOST_DOUBLINGS = 20;

    static Knowledge of(CandidateConfig config) {
        return new Knowledge(config, Counters.NONE, Wishes.TO_LEAD, Contact.GOOD, Seen.NOTHING, null, null, null);
    }

    /** Whether a new term may begin. */
    boolean contends() {
        return wishes.contends();
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
     * How long onStartedLeading may take to begin: half a renewDeadline, since a starved machine may be late with it, as
     * with renewals. The candidate is unhealthy meanwhile.
     */
    long beginNanos() {
        return config.timing().renewDeadline().toNanos() / 2;
    }

    /** The deadline of a call made now: early enough that another call can follow within renewDeadline. */
    Moment callDeadline(Moment now) {
        return now.plusNanos(config.timing().renewDeadline().toNanos() / 2);
    }

    // -- what the store said --------------------------------------------------------------------------------------

    Knowledge reached(Moment now, Effects effects) {
        if (contact.trouble() != null) {
            effects.tell(this, now, Type.REACHABLE, null);
        }
        return with(Contact.GOOD);
    }

    Knowledge failed(String why, Moment now, Effects effects) {
        if (!why.equals(contact.trouble())) {
            effects.tell(this, now, Type.UNREACHABLE, why);
        }
        return with(contact.failed(why));
    }

    Knowledge sees(@Nullable Holder next, Moment now, Effects effects) {
        Knowledge changed = this;
        Holder holder = seen.holder();
        boolean same = next == null ? holder == null : next.sameAs(holder);
        if (!same) {
            changed = with(seen.holder(next));
            effects.tellLeader(
                    this, now, next == null ? Type.NO_LEADER : Type.NEW_LEADER, next == null ? null : next.identity());
            effects.add(new Effect.LeaderChanged(next));
        }
        boolean ours = next != null && next.nonce() != null && next.nonce().startsWith(config.candidate());
        return next == null || next.token() == null || ours ? changed : changed.seesToken(next.token());
    }

    Knowledge seesToken(FencingToken token) {
        return with(seen.token(token));
    }

    Knowledge watching(boolean live, Moment now, Effects effects) {
        if (live == seen.watched()) {
            return this;
        }
        effects.tell(this, now, live ? Type.WATCHING : Type.POLLING, null);
        return with(seen.watched(live));
    }

    // -- when to try again ----------------------------------------------------------------------------------------

    /**
     * When to try, given the next {@code chance}. A standby without news looks by itself about once a leaseDuration,
     * whatever the chance, since a notification may be lost (rule 6.5).
     */
    Moment tryAfter(Chance chance, Moment now, Effects effects) {
        long wait = chance.nanos();
        if (!seen.watched()) {
            wait = Math.min(wait, poll(effects));
        } else if (wait > leaseNanos()) {
            wait = leaseNanos() + effects.upTo(leaseNanos() / LOOK_SPREAD);
        }
        return now.plusNanos(wait + effects.upTo(raceNanos()));
    }

    /** When to try after a notice that the election is free for any candidate. */
    Moment tryRacing(Moment now, Effects effects) {
        return now.plusNanos(effects.upTo(raceNanos()));
    }

    /** When to try after a call with an unknown outcome. */
    Moment tryAfterFailure(Moment now, Effects effects) {
        long backoff = doubled(retryNanos(), contact.failures() - 1, leaseNanos());
        return now.plusNanos(backoff / 2 + effects.upTo(backoff / 2));
    }

    /** How long to let others acquire first after stepping down, or after work that did not start. */
    Moment rest(Moment now) {
        return now.plusNanos(doubled(retryNanos(), counters.badStarts(), leaseNanos()));
    }

    private long poll(Effects effects) {
        return retryNanos() + effects.upTo((long) (retryNanos() * POLL_SPREAD));
    }

    private long raceNanos() {
        return doubled(RACE_NANOS, counters.races(), retryNanos());
    }

    /** {@code first}, doubled that many times, but no more than {@code most}: shifted too far it would be negative. */
    private static long doubled(long first, int times, long most) {
        int doublings = Math.min(times, MOST_DOUBLINGS);
        return first > most >> doublings ? most : first << doublings;
    }

    // -- changes --------------------------------------------------------------------------------------------------

    Claim claim() {
        return config.claim(counters.claims());
    }

    Knowledge nextClaim() {
        return with(counters.nextClaim());
    }

    Knowledge nextCall() {
        return with(counters.nextCall());
    }

    /** The number of the newest call. */
    long call() {
        return counters.calls();
    }

    Knowledge with(Counters next) {
        return new Knowledge(config, next, wishes, contact, seen, refusal, unfit, work);
    }

    Knowledge with(Wishes next) {
        return new Knowledge(config, counters, next, contact, seen, refusal, unfit, work);
    }

    Knowledge with(Contact next) {
        return new Knowledge(config, counters, wishes, next, seen, refusal, unfit, work);
    }

    Knowledge with(Seen next) {
        return new Knowledge(config, counters, wishes, contact, next, refusal, unfit, work);
    }

    Knowledge withWork(@Nullable Work next) {
        return new Knowledge(config, counters, wishes, contact, seen, refusal, unfit, next);
    }

    /** An offered leadership was refused; null when one was taken. */
    Knowledge refusing(@Nullable String why) {
        return new Knowledge(config, counters, wishes, contact, seen, why, unfit, work);
    }

    /** onStartedLeading could not begin; null when it did. */
    Knowledge unfit(@Nullable String why) {
        return new Knowledge(config, counters, wishes, contact, seen, refusal, why, work);
    }

    /** Records why the work, if any, has to stop. */
    Knowledge stopWork(EndReason why, Effects effects) {
        return work == null ? this : withWork(work.stop(why, effects));
    }

    boolean workIs(Work.Stage stage) {
        return work != null && work.is(stage);
    }
}
