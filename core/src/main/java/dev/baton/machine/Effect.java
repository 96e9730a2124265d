package dev.baton.machine;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import org.jspecify.annotations.Nullable;

/** An order of the machine to its driver. The effects of an event are carried out in order. */
public sealed interface Effect {

    /** A call to the backend; its outcome is reported under {@code call}. */
    sealed interface Call extends Effect {
        /** Identifies the call; never 0 and never repeated. */
        long call();

        /** The claim it is for. */
        Claim claim();

        /** The latest useful moment for the answer. */
        Moment deadline();
    }

    /** Call {@code acquire}. */
    record Acquire(long call, Claim claim, Moment deadline) implements Call {}

    /** Call {@code renew}. */
    record Renew(long call, Claim claim, Moment deadline) implements Call {}

    /** Call {@code withdraw}. */
    record Withdraw(long call, Claim claim, Moment deadline) implements Call {}

    /** The term has begun: publish it and run onStartedLeading. */
    record BeginTerm(Term term, Validity validity) implements Effect {}

    /** The term is valid for longer. */
    record ExtendTerm(Term term, Validity validity) implements Effect {}

    /** The term was asked to hand over: publish that. */
    record DrainTerm(Term term, EndReason reason) implements Effect {}

    /** The term is over: publish that before anything else happens. */
    record EndTerm(Term term, EndReason reason) implements Effect {}

    /** Cancel onStartedLeading if it has not begun, else interrupt it. */
    record InterruptWork(Term term) implements Effect {}

    /** Run onStoppedLeading. */
    record StopWork(Term term, EndReason reason) implements Effect {}

    /** Another candidate leads, or none is seen to. */
    record LeaderChanged(@Nullable Holder holder) implements Effect {}

    /** Something happened that is worth recording. */
    record Tell(ElectionEvent event) implements Effect {}
}
