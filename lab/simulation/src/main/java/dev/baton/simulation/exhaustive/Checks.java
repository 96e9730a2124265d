package dev.baton.simulation.exhaustive;

import dev.baton.driver.LiveTerm;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every step, by true time, which is everybody's clock here. The same properties as those of the
 * seeded simulation, as far as they have a meaning without an operator who edits the register.
 */
final class Checks {
    private final SmallWorld world;
    private final List<Reign> reigns = new ArrayList<>();
    private final Set<String> withdrawn = new HashSet<>();
    private final Set<String> begun = new HashSet<>();
    private final Map<String, Long> goneAt = new HashMap<>();
    private @Nullable FencingToken newest;
    private long committedAt;
    private @Nullable String violation;
    private @Nullable List<String> trace;

    Checks(SmallWorld world) {
        this.world = world;
    }

    enum Work {
        NONE,
        PENDING,
        RUNNING,
        RETURNED,
        STOPPING,
        DONE
    }

    /** One term, as an omniscient observer sees it, until it is over and its work is done. */
    static final class Reign {
        private final Contender contender;
        private final FencingToken token;
        private Moment until;
        private String nonce = "";
        private boolean draining;
        private @Nullable EndReason ended;
        private boolean saidToBeOver;
        private Work work = Work.NONE;

        Reign(Contender contender, FencingToken token, Moment until) {
            this.contender = contender;
            this.token = token;
            this.until = until;
        }

        Contender contender() {
            return contender;
        }

        FencingToken token() {
            return token;
        }

        Moment until() {
            return until;
        }

        String nonce() {
            return nonce;
        }

        @Nullable EndReason ended() {
            return ended;
        }

        Work work() {
            return work;
        }

        /** What else there is to it, in bits. */
        int flags() {
            return (draining ? 1 : 0) + (saidToBeOver ? 2 : 0);
        }

        boolean isLive(Moment now) {
            return ended == null && !saidToBeOver && !now.hasReached(until);
        }

        boolean isWorking() {
            return work != Work.NONE && work != Work.DONE;
        }

        boolean isOver() {
            return ended != null && !isWorking();
        }

        /** When the renewal left that it now relies on. */
        long sentAt() {
            return until.nanos() - SmallWorld.TIMING.renewDeadline().toNanos();
        }

        @Override
        public String toString() {
            return "the term of " + contender + " with token " + token.number();
        }
    }

    // -- what it knows --------------------------------------------------------------------------------------------

    /** The first property that did not hold, in a sentence, or null. */
    @Nullable String violation() {
        return violation;
    }

    List<Reign> reigns() {
        return reigns;
    }

    @Nullable FencingToken newest() {
        return newest;
    }

    long committedAt() {
        return committedAt;
    }

    /** What there is to know of a nonce, in bits. */
    int flags(String nonce) {
        Long gone = goneAt.get(nonce);
        return (withdrawn.contains(nonce) ? 1 : 0)
                + (begun.contains(nonce) ? 2 : 0)
                + (gone == null ? 0 : gone < world.now() ? 8 : 4);
    }

    /** Whether a write that left at {@code sentAt} left after its claim was gone. */
    boolean isAfterTheEnd(String nonce, long sentAt) {
        Long gone = goneAt.get(nonce);
        return gone != null && sentAt > gone;
    }

    boolean mayBeToldThatItIsOver(Contender contender) {
        LiveTerm term = contender.work().term();
        Reign reign = term == null || !contender.work().isRunning()
                ? null
                : find(contender, term.term().token());
        return reign != null
                && reign.ended == null
                && !reign.saidToBeOver
                && world.moment().hasReached(reign.until);
    }

    void record(List<String> lines) {
        trace = lines;
    }

    private void tell(String line) {
        if (trace != null) {
            trace.add("      " + line);
        }
    }

    private void fail(String sentence) {
        if (violation == null) {
            violation = sentence;
        }
    }

    // -- after every step -----------------------------------------------------------------------------------------

    void check() {
        reigns.removeIf(Reign::isOver);
        Reign first = null;
        for (Reign reign : reigns) {
            if (reign.isLive(world.moment())) {
                if (first != null) {
                    fail("two leaders at once: " + first + " and " + reign + " are both live");
                }
                first = reign;
            }
        }
        Entry entry = world.entry();
        for (int slot = 0; entry != null && slot < SmallWorld.CANDIDATES; slot++) {
            Contender contender = world.contender(slot);
            if (contender.isStopped() && contender.wrote(entry.record().nonce())) {
                fail(contender + " was closed and has stopped, and left its record behind");
            }
        }
    }

    void died(Contender contender) {
        reigns.removeIf(reign -> reign.contender == contender);
    }

    // -- what candidates tell -------------------------------------------------------------------------------------

    void told(Contender contender, ElectionEvent event) {
        if (trace != null) {
            FencingToken token = event.token();
            tell(contender + ": " + event.type().text() + (token == null ? "" : " " + token.number())
                    + (event.reason() == null ? "" : " (" + event.reason() + ")"));
        }
        FencingToken token = event.token();
        switch (event.type()) {
            case TERM_STARTED ->
                begins(contender, Objects.requireNonNull(token), Objects.requireNonNull(event.validUntil()));
            case RENEWED ->
                renewed(contender, Objects.requireNonNull(token), Objects.requireNonNull(event.validUntil()));
            case TERM_DRAINING -> {
                Reign reign = reign(contender, Objects.requireNonNull(token));
                if (reign != null) {
                    reign.draining = true;
                }
            }
            case TERM_ENDED ->
                ends(reign(contender, Objects.requireNonNull(token)), Objects.requireNonNull(event.reason()));
            case CLAIM_WITHDRAWN -> withdrawn.add(Objects.requireNonNull(event.detail()));
            default -> {
                // Nothing to hold against it.
            }
        }
    }

    private void begins(Contender contender, FencingToken token, Moment until) {
        if (newest != null && !token.isAfter(newest)) {
            fail(contender + " began a term with token " + token.number() + " after a term with token "
                    + newest.number() + " had begun");
        }
        for (Reign reign : reigns) {
            if (reign.isWorking() && reign.contender == contender) {
                fail("the callbacks of " + reign + " are still running as the next term of the same candidate begins");
            } else if (reign.isWorking() && reign.ended != null && reign.ended.isOrderly()) {
                fail(reign + " was handed over (" + reign.ended + ") while its work is " + reign.work + ", and "
                        + contender + " begins the next");
            }
        }
        newest = newest == null || token.isAfter(newest) ? token : newest;
        Reign reign = new Reign(contender, token, until);
        if (world.moment().hasReached(until)) {
            fail(reign + " was over before it began");
        }
        reigns.add(reign);
    }

    private void renewed(Contender contender, FencingToken token, Moment until) {
        Reign reign = find(contender, token);
        if (reign == null || reign.ended != null || world.now() - reign.until.nanos() >= 0) {
            fail("the term of " + contender + " with token " + token.number()
                    + " was revived by an answer that came after it was over");
        } else {
            reign.until = until;
        }
    }

    private void ends(@Nullable Reign reign, EndReason reason) {
        if (reign == null) {
            return;
        }
        if (reign.ended != null) {
            fail(reign + " ended twice: " + reign.ended + ", then " + reason);
        }
        Entry entry = world.entry();
        if (reason == EndReason.LOST && entry != null && entry.record().nonce().equals(reign.nonce)) {
            fail(reign + " ended as lost, though its record still stands");
        }
        reign.ended = reason;
    }

    private @Nullable Reign reign(Contender contender, FencingToken token) {
        Reign reign = find(contender, token);
        if (reign == null) {
            fail(contender + " spoke of a term with token " + token.number() + " that never began or is over");
        }
        return reign;
    }

    private @Nullable Reign find(Contender contender, FencingToken token) {
        for (Reign reign : reigns) {
            if (reign.contender == contender && reign.token.equals(token)) {
                return reign;
            }
        }
        return null;
    }

    // -- what the work sees ---------------------------------------------------------------------------------------

    void submitted(Contender contender, LiveTerm term) {
        Reign reign = reign(contender, term.term().token());
        if (reign != null) {
            reign.nonce = term.term().claim().nonce();
            begun.add(reign.nonce);
            // A claim that was tried in vain, lapsed, and was tried again begins here.
            goneAt.remove(reign.nonce);
        }
        moves(reign, Work.NONE, Work.PENDING, "submitted");
    }

    void workBegins(Contender contender, LiveTerm term) {
        moves(reign(contender, term.term().token()), Work.PENDING, Work.RUNNING, "begun");
    }

    void workReturns(Contender contender, LiveTerm term) {
        moves(reign(contender, term.term().token()), Work.RUNNING, Work.RETURNED, "returned from");
    }

    void stopBegins(Contender contender, LiveTerm term) {
        Reign reign = reign(contender, term.term().token());
        if (reign != null && !reign.draining && reign.ended == null) {
            fail(reign + " was neither draining nor over when its work was told to stop");
        }
        moves(reign, Work.RETURNED, Work.STOPPING, "told to stop");
    }

    void stopEnds(Contender contender, LiveTerm term) {
        moves(reign(contender, term.term().token()), Work.STOPPING, Work.DONE, "stopped");
    }

    private void moves(@Nullable Reign reign, Work from, Work to, String what) {
        if (reign == null) {
            return;
        }
        if (reign.work != from) {
            fail("the work of " + reign + " was " + what + " while it was " + reign.work);
        }
        reign.work = to;
    }

    /** The work asked its term and was told {@code phase}. */
    void asked(Contender contender, LiveTerm term, TermPhase phase) {
        tell(contender + "'s work is told " + phase);
        Reign reign = reign(contender, term.term().token());
        if (reign == null) {
            return;
        }
        if (phase == TermPhase.ENDED) {
            reign.saidToBeOver = true;
        } else if (!reign.isLive(world.moment())) {
            fail(reign + " says that it is " + phase + ", and by the clock it is over");
        }
    }

    // -- what happens at the store --------------------------------------------------------------------------------

    /** A write is about to land. */
    void writes(Message message, @Nullable Entry current, Entry written) {
        Contender from = message.from();
        LeaderRecord next = written.record();
        tell("store: revision " + written.revision() + " is "
                + (next.isFree() ? "free" : next.holderIdentity() + " (" + next.nonce() + ")"));
        if (current != null) {
            replaces(from, current.record(), next);
        }
        if (withdrawn.contains(next.nonce())) {
            fail("a write of claim " + next.nonce() + " of " + from
                    + " landed after its withdrawal had been confirmed");
        }
        if (begun.contains(next.nonce()) && isAfterTheEnd(next.nonce(), message.sentAt())) {
            fail("claim " + next.nonce() + " of " + from
                    + ", which had held a term, was written again after it was gone from the store");
        }
        // What was sent before and lands now stands again, for all to see.
        goneAt.remove(next.nonce());
        committedAt = world.now();
    }

    private void replaces(Contender from, LeaderRecord was, LeaderRecord next) {
        if (was.isFree()) {
            return;
        }
        if (!was.nonce().equals(next.nonce())) {
            goneAt.put(was.nonce(), world.now());
        }
        if (!from.wrote(was.nonce())) {
            long stood = world.now() - committedAt;
            long holds = was.leaseDuration().toNanos();
            if (stood < holds) {
                fail(from + (next.isFree() ? " blanked" : " took over") + " the record of " + was.nonce() + ' '
                        + stood / SmallWorld.UNIT + " units after it was written, though it holds for "
                        + holds / SmallWorld.UNIT);
            }
        } else if (next.isFree()) {
            releases(from, was);
        }
    }

    /** While work of a lost term runs, its claim is left standing for as long as others would leave it standing. */
    private void releases(Contender from, LeaderRecord was) {
        for (Reign reign : reigns) {
            if (reign.contender == from
                    && reign.nonce.equals(was.nonce())
                    && reign.isWorking()
                    && world.now() - reign.sentAt()
                            < SmallWorld.TIMING.leaseDuration().toNanos()) {
                fail("the claim of " + reign + " was released while its work is " + reign.work);
            }
        }
    }
}
