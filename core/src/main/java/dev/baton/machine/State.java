package dev.baton.machine;

import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/**
 * One state of a candidate: one final class each, one method an event. A method answers with the next state and adds to
 * {@code effects}. An event that does not concern a state leaves it as it is.
 */
sealed interface State permits StandingBy, Acquiring, TakingOver, Leading, Draining, Withdrawing, Stopped {

    /** The state's name for operators, in lower case and with hyphens. */
    String name();

    Knowledge knowledge();

    /** This state with another candidate. */
    State with(Knowledge knowledge);

    /** When to call {@link #tick} next, or null when only an event can change anything. */
    @Nullable Moment wake();

    /** The term under way, or null. */
    default @Nullable Term term() {
        return null;
    }

    /** The claim that has been tried and is not settled, or null. */
    default @Nullable Claim claim() {
        Term term = term();
        return term == null ? null : term.claim();
    }

    /** Ends the term under way, if there is one, whatever its work is doing. */
    default State endNow(EndReason reason, Moment now, Effects effects) {
        return this;
    }

    /** Applied before any other event, so that nothing revives a term that is over. */
    default State expire(Moment now, Effects effects) {
        return this;
    }

    /** Time has passed. */
    default State tick(Moment now, Effects effects) {
        return this;
    }

    /** A call was answered. */
    default State answered(long call, Answer answer, Moment now, Effects effects) {
        return this;
    }

    /** A call failed; its outcome is unknown. */
    default State failed(long call, String why, Moment now, Effects effects) {
        return this;
    }

    /** A withdrawal was confirmed. */
    default State confirmed(long call, Moment now, Effects effects) {
        return this;
    }

    /** The watch became live or went dead. */
    default State watching(boolean live, Moment now, Effects effects) {
        return with(knowledge().watching(live, now, effects));
    }

    /** A candidate holds the election. */
    default State held(Holder holder, Chance chance, Moment now, Effects effects) {
        return with(knowledge().sees(holder, now, effects));
    }

    /** No candidate holds the election. */
    default State vacant(Moment now, Effects effects) {
        return with(knowledge().sees(null, now, effects));
    }

    /** The claim is first in line. */
    default State yourTurn(Claim claim, Answer.@Nullable Granted granted, Moment now, Effects effects) {
        return this;
    }

    /** The claim is gone, or belongs to another holder. */
    default State lost(Claim claim, String how, Moment now, Effects effects) {
        return this;
    }

    /** The candidate's work moved on; {@code failure} is what onStartedLeading threw, or why it never ran. */
    default State workMoved(@Nullable String failure, Moment now, Effects effects) {
        return this;
    }

    /** The candidate was paused, withdrawn, resumed or closed. */
    default State intended(Moment now, Effects effects) {
        return this;
    }

    /** The term under way was asked to hand over. */
    default State stepDown(Moment now, Effects effects) {
        return this;
    }
}
