package dev.baton.machine;

import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one candidate. It starts no thread, reads no clock and sends nothing: every method takes an event and
 * the moment it is handled at, and answers with the effects to carry out, in order. Not thread-safe; one loop drives it.
 *
 * <p>A term that has expired ends before any other event is handled (sticky expiry): an answer that arrives after the
 * deadline finds no term to revive.
 */
public final class ElectionMachine {
    private final RandomGenerator random;
    private State state;

    /** A candidate that has not begun. */
    public ElectionMachine(CandidateConfig config, Moment now, RandomGenerator random) {
        this.random = random;
        this.state = StandingBy.fresh(Knowledge.of(config), now);
    }

    private List<Effect> step(Moment now, Event event) {
        Effects effects = new Effects(random);
        state = event.apply(state.expire(now, effects), effects);
        return effects.effects();
    }

    private interface Event {
        State apply(State state, Effects effects);
    }

    // -- events of time -------------------------------------------------------------------------------------------

    /** The candidate begins to contend. */
    public List<Effect> start(Moment now) {
        return step(now, (s, effects) -> {
            effects.tell(s.knowledge(), now, Type.STARTED, null);
            return s.tick(now, effects);
        });
    }

    /** Time has passed; due at {@link #wake()}, harmless at any other time. */
    public List<Effect> tick(Moment now) {
        return step(now, (s, effects) -> s.tick(now, effects));
    }

    // -- events of the backend ------------------------------------------------------------------------------------

    /** An acquire or a renewal was answered. */
    public List<Effect> answered(long call, Answer answer, Moment now) {
        return step(now, (s, effects) -> s.answered(call, answer, now, effects));
    }

    /** A call failed; its outcome is unknown. */
    public List<Effect> failed(long call, String why, Moment now) {
        return step(now, (s, effects) -> s.failed(call, why, now, effects));
    }

    /** A withdrawal was confirmed. */
    public List<Effect> confirmed(long call, Moment now) {
        return step(now, (s, effects) -> s.confirmed(call, now, effects));
    }

    /** The watch became live or went dead. */
    public List<Effect> watching(boolean live, Moment now) {
        return step(now, (s, effects) -> s.watching(live, now, effects));
    }

    /** The store shows a holder. */
    public List<Effect> held(Holder holder, Chance chance, Moment now) {
        return step(now, (s, effects) -> s.held(holder, chance, now, effects));
    }

    /** The store shows no holder. */
    public List<Effect> vacant(Moment now) {
        return step(now, (s, effects) -> s.vacant(now, effects));
    }

    /** The claim is first in line; {@code granted} is what an acquire would answer, or null. */
    public List<Effect> yourTurn(Claim claim, Answer.@Nullable Granted granted, Moment now) {
        return step(now, (s, effects) -> s.yourTurn(claim, granted, now, effects));
    }

    /** The claim is gone from the store, or belongs to another holder. */
    public List<Effect> lost(Claim claim, String how, Moment now) {
        return step(now, (s, effects) -> s.lost(claim, how, now, effects));
    }

    // -- events of the term and its callbacks ---------------------------------------------------------------------

    /** A caller has been answered that the term is over, by the clock: nothing may extend it any more. */
    public List<Effect> expired(Term term, Moment now) {
        return step(now, (s, effects) -> term.equals(s.term()) ? s.endNow(EndReason.EXPIRED, now, effects) : s);
    }

    /** onStartedLeading began to run: the candidate is fit to lead. */
    public List<Effect> workBegan(Term term, Moment now) {
        return step(now, (s, effects) -> {
            Work work = s.knowledge().work();
            if (work == null || !work.term().equals(term)) {
                return s;
            }
            effects.tellTerm(s.knowledge(), now, Type.WORK_STARTED, term, null);
            Work running = work.at(Work.Stage.RUNNING);
            return s.with(s.knowledge().unfit(null).withWork(running)).workMoved(null, now, effects);
        });
    }

    /** onStartedLeading returned, or threw {@code failure}. */
    public List<Effect> workReturned(Term term, @Nullable String failure, Moment now) {
        return work(term, now, failure, (work, effects) -> {
            effects.tellTerm(state.knowledge(), now, Type.WORK_RETURNED, term, null);
            return work.returned(effects);
        });
    }

    /** onStartedLeading will never run, since it was rejected or cancelled before it began. */
    public List<Effect> workCancelled(Term term, String why, Moment now) {
        return work(term, now, why, (work, effects) -> null);
    }

    /** onStoppedLeading returned or threw. */
    public List<Effect> workStopped(Term term, Moment now) {
        return work(term, now, null, (work, effects) -> {
            effects.tellTerm(state.knowledge(), now, Type.WORK_STOPPED, term, null);
            return null;
        });
    }

    private interface Move {
        @Nullable Work apply(Work work, Effects effects);
    }

    private List<Effect> work(Term term, Moment now, @Nullable String failure, Move move) {
        return step(now, (s, effects) -> {
            Work work = s.knowledge().work();
            return work == null || !work.term().equals(term)
                    ? s
                    : s.with(s.knowledge().withWork(move.apply(work, effects))).workMoved(failure, now, effects);
        });
    }

    // -- events of the user ---------------------------------------------------------------------------------------

    /** Hand the term over, if there is one, and stay in the contest. */
    public List<Effect> stepDown(Moment now) {
        return step(now, (s, effects) -> s.stepDown(now, effects));
    }

    /** Hand this very term over, if it is the one under way, and stay in the contest. */
    public List<Effect> stepDown(Term term, Moment now) {
        return step(now, (s, effects) -> term.equals(s.term()) ? s.stepDown(now, effects) : s);
    }

    /** Begin no new term. */
    public List<Effect> pause(Moment now) {
        return intend(now, Type.PAUSED, c -> c.with(c.wishes().pause()));
    }

    /** Hand the term over, if there is one, and leave the contest. */
    public List<Effect> withdraw(Moment now) {
        return intend(now, Type.PAUSED, c -> c.with(c.wishes().withdraw()));
    }

    /** Contend again after {@link #pause} or {@link #withdraw}. */
    public List<Effect> resume(Moment now) {
        return intend(now, Type.RESUMED, c -> c.with(c.wishes().resume()));
    }

    /** Hand the term over, if there is one, and stop for good. */
    public List<Effect> close(Moment now) {
        return intend(now, null, c -> c.with(c.wishes().close()));
    }

    /** Ends the term, if there is one, and whatever its work is doing: the connection is about to be closed. */
    public List<Effect> abandon(Moment now) {
        return step(
                now,
                (s, effects) -> s.with(s.knowledge().with(s.knowledge().wishes().close()))
                        .endNow(EndReason.DRAIN_TIMED_OUT, now, effects));
    }

    private List<Effect> intend(Moment now, @Nullable Type told, UnaryOperator<Knowledge> change) {
        return step(now, (s, effects) -> {
            Knowledge changed = change.apply(s.knowledge());
            if (changed.equals(s.knowledge())) {
                return s;
            }
            if (told != null && !changed.wishes().closing()) {
                effects.tell(changed, now, told, null);
            }
            return s.with(changed).intended(now, effects);
        });
    }

    // -- what can be asked ----------------------------------------------------------------------------------------

    /** When to call {@link #tick} next, or null when only an event can change anything. */
    public @Nullable Moment wake() {
        return state.wake();
    }

    /** Where the candidate is: the name of its state, {@code standing-by} for example. */
    public String where() {
        return state.name();
    }

    /** Whether it is closed, owes nothing and runs nothing. */
    public boolean isStopped() {
        return state instanceof Stopped;
    }

    /** The claim that may stand in the store without holding a term, or null. */
    public @Nullable Claim owed() {
        return state instanceof Withdrawing owed ? owed.claim() : null;
    }

    /** Whether anything still depends on this claim: a term, a place in line, or a withdrawal. */
    public boolean isConcernedWith(Claim claim) {
        return claim.equals(state.claim());
    }

    /** Since when a term's onStartedLeading has not begun, or null when none is due. */
    public @Nullable Moment idleSince() {
        return state instanceof Leading leading ? leading.idleSince() : null;
    }

    /** The greatest token seen, of any candidate, or null. */
    public @Nullable FencingToken seen() {
        return state.knowledge().seen().token();
    }

    /** The leader last seen, or null. */
    public @Nullable Holder holder() {
        return state.knowledge().seen().holder();
    }

    /** Whether the watch is live. */
    public boolean isWatched() {
        return state.knowledge().seen().watched();
    }

    /** Whether it was paused or withdrawn. */
    public boolean isPaused() {
        return state.knowledge().wishes().paused() || state.knowledge().wishes().withdrawn();
    }

    /** What keeps the candidate from doing its part, in a sentence, or null. */
    public @Nullable String trouble() {
        Knowledge knowledge = state.knowledge();
        if (knowledge.refusal() != null) {
            return knowledge.refusal();
        }
        boolean idle = state instanceof StandingBy || state instanceof Withdrawing;
        if (idle && knowledge.work() != null) {
            return "the callbacks and permits of the last term ("
                    + knowledge.work().term().token().shortText()
                    + ") have not returned; this candidate does not contend until they do";
        }
        // A candidate that does not contend makes no calls, so it cannot know whether the store still fails.
        boolean silent = state instanceof Stopped || (state instanceof StandingBy && !knowledge.contends());
        String trouble = knowledge.contact().trouble() == null
                ? knowledge.unfit()
                : knowledge.contact().trouble();
        return silent ? null : trouble;
    }
}
