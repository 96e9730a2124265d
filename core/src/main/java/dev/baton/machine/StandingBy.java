package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for a chance.
 *
 * @param claim the claim that has been tried and refused or left unknown, or null when none has
 * @param waiting whether the claim was refused, so that the backend has it in line and will notify the watcher of its
 *     turn; a claim that was never tried, or whose last try is unknown, may wait in vain
 * @param tryAt when to try
 * @param notBefore when trying may begin, whatever the watcher receives before
 */
record StandingBy(Knowledge knowledge, @Nullable Claim claim, boolean waiting, Moment tryAt, Moment notBefore)
        implements State {

    static StandingBy fresh(Knowledge knowledge, Moment tryAt) {
        return new StandingBy(knowledge, null, false, tryAt, tryAt);
    }

    @Override
    public String name() {
        return "standing-by";
    }

    @Override
    public State with(Knowledge next) {
        return new StandingBy(next, claim, waiting, tryAt, notBefore);
    }

    private StandingBy at(Moment next) {
        return new StandingBy(knowledge, claim, waiting, next, notBefore);
    }

    private StandingBy sooner(Moment other) {
        return other.isBefore(tryAt) ? at(other) : this;
    }

    @Override
    public @Nullable Moment wake() {
        if (!knowledge.mayTry()) {
            return null;
        }
        return tryAt.isBefore(notBefore) ? notBefore : tryAt;
    }

    @Override
    public State tick(Moment now, Effects effects) {
        Moment wake = wake();
        if (wake == null || now.isBefore(wake)) {
            return this;
        }
        Knowledge next = (claim == null ? knowledge.nextClaim() : knowledge).nextCall();
        Claim tried = claim == null ? next.claim() : claim;
        Moment deadline = next.callDeadline(now);
        effects.add(new Effect.Acquire(next.call(), tried, deadline));
        return new Acquiring(next, tried, next.call(), deadline.plusNanos(next.retryNanos()), false);
    }

    @Override
    public State watching(boolean live, Moment now, Effects effects) {
        boolean before = knowledge.seen().watched();
        StandingBy next = new StandingBy(knowledge.watching(live, now, effects), claim, waiting, tryAt, notBefore);
        if (live == before) {
            return next;
        }
        return live && knowledge.contact().trouble() == null
                ? next
                : next.sooner(next.knowledge.tryAfter(
                        live
                                ? Chance.now()
                                : Chance.after(knowledge.config().timing().leaseDuration()),
                        now,
                        effects));
    }

    @Override
    public State held(Holder holder, Chance chance, Moment now, Effects effects) {
        Knowledge next = knowledge.sees(holder, now, effects);
        StandingBy seen = new StandingBy(next, claim, waiting, tryAt, notBefore);
        if (claim != null && holder.holds(claim)) {
            // This candidate's own claim, whose grant did not arrive.
            return seen.sooner(now).tick(now, effects);
        }
        return waiting ? seen.at(next.tryAfter(chance, now, effects)) : seen;
    }

    @Override
    public State vacant(Moment now, Effects effects) {
        Knowledge next = knowledge.sees(null, now, effects);
        return new StandingBy(next, claim, waiting, tryAt, notBefore).sooner(next.tryRacing(now, effects));
    }

    @Override
    public State yourTurn(Claim first, Answer.@Nullable Granted granted, Moment now, Effects effects) {
        if (!first.equals(claim)) {
            return this;
        }
        StandingBy due = sooner(now);
        Moment wake = due.wake();
        return granted != null && wake != null && !now.isBefore(wake)
                ? Acquiring.granted(knowledge.reached(now, effects), first, granted, now, effects)
                : due.tick(now, effects);
    }

    @Override
    public State lost(Claim gone, String how, Moment now, Effects effects) {
        return gone.equals(claim) ? leave(now, effects) : this;
    }

    @Override
    public State workMoved(@Nullable String failure, Moment now, Effects effects) {
        return intended(now, effects);
    }

    @Override
    public State intended(Moment now, Effects effects) {
        if (!knowledge.contends() && claim != null) {
            return leave(now, effects);
        }
        if (knowledge.wishes().closing() && knowledge.work() == null) {
            effects.tell(knowledge, now, Type.STOPPED, null);
            return new Stopped(knowledge);
        }
        return tick(now, effects);
    }

    private State leave(Moment now, Effects effects) {
        return Withdrawing.now(knowledge, java.util.Objects.requireNonNull(claim), 0, now, notBefore)
                .tick(now, effects);
    }
}
