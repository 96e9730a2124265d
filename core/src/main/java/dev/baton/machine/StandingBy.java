package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for a chance.
 *
 * @param claim the claim that has been tried and refused or left unknown, or null when none has
 * @param waiting whether the claim was refused, so that the backend knows that it waits and will tell it of its turn;
 *     a claim that was never tried, or whose last try is unknown, may wait in vain
 * @param tryAt when to try
 * @param notBefore when trying may begin, whatever is heard before
 */
record StandingBy(Candidate candidate, @Nullable Claim claim, boolean waiting, Moment tryAt, Moment notBefore)
        implements State {

    static StandingBy fresh(Candidate candidate, Moment tryAt) {
        return new StandingBy(candidate, null, false, tryAt, tryAt);
    }

    @Override
    public State with(Candidate next) {
        return new StandingBy(next, claim, waiting, tryAt, notBefore);
    }

    private StandingBy at(Moment next) {
        return new StandingBy(candidate, claim, waiting, next, notBefore);
    }

    private StandingBy sooner(Moment other) {
        return other.isBefore(tryAt) ? at(other) : this;
    }

    @Override
    public @Nullable Moment wake() {
        if (!candidate.mayTry()) {
            return null;
        }
        return tryAt.isBefore(notBefore) ? notBefore : tryAt;
    }

    @Override
    public State tick(Moment now, Out out) {
        Moment wake = wake();
        if (wake == null || now.isBefore(wake)) {
            return this;
        }
        Candidate next = (claim == null ? candidate.nextClaim() : candidate).nextCall();
        Claim tried = claim == null ? next.claim() : claim;
        Moment deadline = next.callDeadline(now);
        out.add(new Effect.Acquire(next.calls(), tried, deadline));
        return new Acquiring(next, tried, next.calls(), deadline.plusNanos(next.retryNanos()), false);
    }

    @Override
    public State watching(boolean live, Moment now, Out out) {
        boolean before = candidate.watched();
        StandingBy next = new StandingBy(candidate.watching(live, now, out), claim, waiting, tryAt, notBefore);
        if (live == before) {
            return next;
        }
        return live && candidate.trouble() == null
                ? next
                : next.sooner(next.candidate.tryAfter(
                        live ? Duration.ZERO : Duration.ofNanos(candidate.leaseNanos()), now, out));
    }

    @Override
    public State held(Holder holder, Duration chanceIn, Moment now, Out out) {
        Candidate next = candidate.sees(holder, now, out);
        StandingBy seen = new StandingBy(next, claim, waiting, tryAt, notBefore);
        if (claim != null && holder.holds(claim)) {
            // Our own claim, whose grant was not heard of.
            return seen.sooner(now).tick(now, out);
        }
        return waiting ? seen.at(next.tryAfter(chanceIn, now, out)) : seen;
    }

    @Override
    public State vacant(Moment now, Out out) {
        Candidate next = candidate.sees(null, now, out);
        return new StandingBy(next, claim, waiting, tryAt, notBefore).sooner(next.tryRacing(now, out));
    }

    @Override
    public State yourTurn(Claim first, Answer.@Nullable Granted granted, Moment now, Out out) {
        if (!first.equals(claim)) {
            return this;
        }
        StandingBy due = sooner(now);
        Moment wake = due.wake();
        return granted != null && wake != null && !now.isBefore(wake)
                ? Acquiring.granted(candidate.reached(now, out), first, granted, now, out)
                : due.tick(now, out);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Out out) {
        return gone.equals(claim) ? leave(now, out) : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Out out) {
        return intended(now, out);
    }

    @Override
    public State intended(Moment now, Out out) {
        if (!candidate.contends() && claim != null) {
            return leave(now, out);
        }
        if (candidate.closing() && candidate.work() == null) {
            out.tell(candidate, now, Type.STOPPED, null);
            return new Stopped(candidate);
        }
        return tick(now, out);
    }

    private State leave(Moment now, Out out) {
        return Withdrawing.now(candidate, java.util.Objects.requireNonNull(claim), 0, now, notBefore)
                .tick(now, out);
    }
}
