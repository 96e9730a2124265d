package dev.baton.simulation;

import dev.baton.driver.LiveTerm;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every event. It knows true time and every process's clocks, and judges by them alone: it asks no
 * term anything, since a term that is asked remembers its answer.
 */
final class Invariants {
    /**
     * The most calls to the store in 30 retryPeriods: a leader makes one or two in each, a standby that polls three, and
     * contests that are lost and renewals that fail add bursts.
     */
    private static final long MOST_CALLS = 400;

    /** A timer fires when it is due, and what it does takes no time. */
    private static final long MOST_LATE = 5_000_000;

    private final World world;
    private final boolean premise;
    private final List<Reign> reigns = new ArrayList<>();
    private final List<Reign> open = new ArrayList<>();
    private final List<Reign> unsettled = new ArrayList<>();
    private final Set<String> withdrawn = new HashSet<>();
    private final Set<String> removed = new HashSet<>();
    private final Set<String> begun = new HashSet<>();
    private final Map<String, Long> goneAt = new HashMap<>();
    private final Map<Long, Long> removedAt = new HashMap<>();
    private final Map<LeaderRecord, Long> sentBefore = new HashMap<>();
    private @Nullable FencingToken newest;
    private long committedAt;
    private long editedAt = Long.MIN_VALUE / 2;
    private boolean astray;

    /**
     * The invariants of a world.
     *
     * @param premise whether only the holder, or the store's own expiry, ends a live claim
     */
    Invariants(World world, boolean premise) {
        this.world = world;
        this.premise = premise;
    }

    /** Whether the store went back to a backup, and the candidates have not been told yet. */
    boolean isAstray() {
        return astray;
    }

    /** Whether only the holder, or the store's own expiry, ends a live claim. */
    boolean premise() {
        return premise && !astray;
    }

    private enum Work {
        NONE,
        PENDING,
        RUNNING,
        RETURNED,
        STOPPING,
        DONE
    }

    /** One term, as an omniscient observer sees it. */
    static final class Reign {
        private final Node node;
        private final FencingToken token;
        private Moment until;
        private String nonce = "";
        private boolean draining;
        private @Nullable EndReason ended;
        private boolean saidToBeOver;
        private Work work = Work.NONE;

        Reign(Node node, FencingToken token, Moment until) {
            this.node = node;
            this.token = token;
            this.until = until;
        }

        Node node() {
            return node;
        }

        FencingToken token() {
            return token;
        }

        boolean isLive() {
            return node.isAlive()
                    && ended == null
                    && !saidToBeOver
                    && !node.now().hasReached(until);
        }

        boolean isWorking() {
            return node.isAlive() && work != Work.NONE && work != Work.DONE;
        }

        /** When, on the monotonic clock, the renewal left that it now relies on. */
        long sentAt() {
            ElectionTiming timing = node.config().timing();
            return until.nanos()
                    - Math.min(timing.renewDeadline().toNanos(), timing.scaledNanos(timing.leaseDuration()));
        }

        @Override
        public String toString() {
            return "the term of " + node + " with token " + token.number();
        }
    }

    long terms() {
        return reigns.size();
    }

    /** Who leads, and was not asked to stop, or null. */
    @Nullable Reign leader() {
        for (Reign reign : open) {
            if (reign.isLive() && !reign.draining) {
                return reign;
            }
        }
        return null;
    }

    /** The terms that are valid now. */
    List<Reign> live() {
        return open.stream().filter(Reign::isLive).toList();
    }

    // -- after every event ----------------------------------------------------------------------------------------

    void check() {
        if (!removedAt.isEmpty()) {
            open.forEach(this::outlasts);
        }
        if (open.size() < 2) {
            return;
        }
        open.removeIf(reign -> reign.ended != null || !reign.node.isAlive());
        Reign first = null;
        for (Reign reign : open) {
            if (reign.isLive()) {
                if (first != null) {
                    overlap(first, reign);
                }
                first = reign;
            }
        }
    }

    /** Whoever leads on a claim that somebody has removed finds out, whether or not anybody else leads. */
    private void outlasts(Reign reign) {
        Long at = removedAt.get(reign.token.number());
        if (at != null && reign.isLive() && world.now() - at > longestAfterAnEdit(reign)) {
            throw world.violation(reign + " is live " + (world.now() - at) / 1_000_000
                    + " ms after its claim was removed, and has not found out");
        }
    }

    private void overlap(Reign first, Reign second) {
        if (premise() || world.now() - editedAt > Math.max(longestAfterAnEdit(first), longestAfterAnEdit(second))) {
            throw world.violation("two leaders at once: " + first + " and " + second + " are both live"
                    + (premise() ? "" : ", longer than an operator's edit excuses"));
        }
    }

    /** How long a term may outlast the removal of its claim by somebody else. */
    private long longestAfterAnEdit(Reign reign) {
        ElectionTiming timing = reign.node.config().timing();
        long renew = timing.renewDeadline().toNanos();
        return (long) ((renew + (timing.leaseDuration().toNanos() - renew) / 2) / (1 - world.drift()))
                + world.contended().deafness();
    }

    // -- what candidates tell -------------------------------------------------------------------------------------

    void told(Node node, ElectionEvent event) {
        world.told(node, event);
        world.mix(event.type().name().hashCode() * 31L + node.slot());
        FencingToken token = event.token();
        switch (event.type()) {
            case TERM_STARTED ->
                begins(node, Objects.requireNonNull(token), Objects.requireNonNull(event.validUntil()));
            case RENEWED -> {
                Reign reign = find(node, Objects.requireNonNull(token));
                // A claim that is taking over is renewed before its term begins.
                if (reign != null) {
                    renewed(reign, Objects.requireNonNull(event.validUntil()));
                }
            }
            case TERM_DRAINING -> reign(node, Objects.requireNonNull(token)).draining = true;
            case TERM_ENDED -> ends(reign(node, Objects.requireNonNull(token)), Objects.requireNonNull(event.reason()));
            case CLAIM_WITHDRAWN -> withdrawn(node, Objects.requireNonNull(event.detail()));
            default -> {
                // Nothing to hold against it.
            }
        }
    }

    private void withdrawn(Node node, String nonce) {
        withdrawn.add(nonce);
        world.contended().withdrawn(node);
        Entry entry = world.store().entry();
        if (premise()
                && entry != null
                && !entry.record().isFree()
                && node.equals(world.store().writer())) {
            throw world.violation("the withdrawal of claim " + nonce + " of " + node
                    + " was confirmed, and what it left makes others wait: " + entry);
        }
    }

    private void begins(Node node, FencingToken token, Moment until) {
        world.mix(token.number());
        FencingToken greatest = node.greatest();
        if (greatest != null && !token.isAfter(greatest)) {
            throw world.violation(node + " began a term with token " + token + ", having seen token " + greatest);
        }
        node.leads(token);
        boolean ordered = premise() || (!astray && newest != null && token.equals(newest));
        if (newest != null && !token.isAfter(newest) && ordered) {
            throw world.violation(
                    node + " began a term with token " + token + " after a term with token " + newest + " had begun");
        }
        for (Iterator<Reign> earlier = unsettled.iterator(); earlier.hasNext(); ) {
            Reign reign = earlier.next();
            if (!reign.isWorking()) {
                earlier.remove();
            } else if (reign.node.equals(node)) {
                throw world.violation("the callbacks of " + reign
                        + " are still running as the next term of the same election begins");
            } else if (reign.ended != null && reign.ended.isOrderly()) {
                throw world.violation(reign + " was handed over (" + reign.ended + ") while its work is " + reign.work
                        + ", and " + node + " begins the next");
            }
        }
        newest = newest == null || token.isAfter(newest) ? token : newest;
        Reign reign = new Reign(node, token, until);
        if (reign.node.now().hasReached(until)) {
            throw world.violation(reign + " was over before it began");
        }
        reigns.add(reign);
        open.add(reign);
        unsettled.add(reign);
    }

    private void renewed(Reign reign, Moment until) {
        if (reign.ended != null || node(reign).nanos() - reign.until.nanos() >= 0) {
            throw world.violation(reign + " was revived by an answer that came after it was over");
        }
        reign.until = until;
        Long sent = reign.node.sentAt(reign.nonce);
        if (sent != null && reign.sentAt() - sent > 0) {
            throw world.violation(reign + " counts from " + (reign.sentAt() - sent)
                    + " ns after the newest write of its claim had left (2.1)");
        }
    }

    private static Moment node(Reign reign) {
        return reign.node.now();
    }

    private void ends(Reign reign, EndReason reason) {
        if (reign.ended != null) {
            throw world.violation(reign + " ended twice: " + reign.ended + ", then " + reason);
        }
        Entry entry = world.store().entry();
        if (reason == EndReason.EXPIRED) {
            expires(reign);
        }
        boolean wasRemoved = removed.contains(reign.nonce);
        if (reason == EndReason.LOST
                && !astray
                && !wasRemoved
                && entry != null
                && entry.record().nonce().equals(reign.nonce)) {
            throw world.violation(reign + " ended as lost, though its record still stands");
        }
        reign.ended = reason;
    }

    /** Ends by its own clock, and at once, unless nothing of its process ran. */
    private void expires(Reign reign) {
        Node node = reign.node;
        long late = node.now().nanos() - reign.until.nanos();
        if (late > MOST_LATE && world.now() - node.awakeSince() > MOST_LATE) {
            throw world.violation(reign + " was ended " + late / 1_000_000 + " ms after it was over");
        }
    }

    private Reign reign(Node node, FencingToken token) {
        Reign reign = find(node, token);
        if (reign == null) {
            throw world.violation(node + " spoke of a term with token " + token + " that never began");
        }
        return reign;
    }

    private @Nullable Reign find(Node node, FencingToken token) {
        for (int i = reigns.size() - 1; i >= 0; i--) {
            Reign reign = reigns.get(i);
            if (reign.node.equals(node) && reign.token.equals(token)) {
                return reign;
            }
        }
        return null;
    }

    // -- what the work sees ---------------------------------------------------------------------------------------

    void submitted(Node node, LiveTerm term) {
        Reign reign = reign(node, term.term().token());
        reign.nonce = term.term().claim().nonce();
        begun.add(reign.nonce);
        // A claim that was tried in vain, lapsed, and was tried again begins here.
        goneAt.remove(reign.nonce);
        moves(reign, Work.NONE, Work.PENDING, "submitted");
    }

    void workBegins(Node node, LiveTerm term) {
        moves(reign(node, term.term().token()), Work.PENDING, Work.RUNNING, "begun");
    }

    void workCancelled(Node node, LiveTerm term) {
        moves(reign(node, term.term().token()), Work.PENDING, Work.DONE, "cancelled");
    }

    void workReturns(Node node, LiveTerm term) {
        moves(reign(node, term.term().token()), Work.RUNNING, Work.RETURNED, "returned from");
    }

    void stopBegins(Node node, LiveTerm term) {
        Reign reign = reign(node, term.term().token());
        if (!reign.draining && reign.ended == null) {
            throw world.violation(reign + " was neither draining nor over when its work was told to stop");
        }
        moves(reign, Work.RETURNED, Work.STOPPING, "told to stop");
    }

    void stopEnds(Node node, LiveTerm term) {
        moves(reign(node, term.term().token()), Work.STOPPING, Work.DONE, "stopped");
    }

    private void moves(Reign reign, Work from, Work to, String what) {
        world.mix(to.name().hashCode());
        if (reign.work != from) {
            throw world.violation("the work of " + reign + " was " + what + " while it was " + reign.work);
        }
        reign.work = to;
    }

    /** The work asked its term and was told {@code phase}. */
    void asked(Node node, LiveTerm term, TermPhase phase) {
        Reign reign = reign(node, term.term().token());
        if (phase == TermPhase.ENDED) {
            reign.saidToBeOver = true;
            return;
        }
        if (reign.saidToBeOver) {
            throw world.violation(reign + " said that it was over, and now says that it is " + phase);
        }
        if (!reign.isLive()) {
            throw world.violation(reign + " says that it is " + phase + ", and by the clock it is over");
        }
    }

    // -- what happens at the store --------------------------------------------------------------------------------

    /**
     * Whoever has written nothing, by the store's own word, owes nothing, and has nothing to void (4.5); save where a write
     * may wait to be sent, of which a timeout knows no more.
     */
    void sends(Node from, LeaderRecord next) {
        boolean mayWait =
                world.weather().has(Fault.REQUESTS_QUEUED) || world.weather().has(Fault.SENDER_STALLED);
        if (next.isFree() && from.hasWrittenNothing() && !mayWait) {
            throw world.violation(from + " gives up a claim by a write, though the store has refused every one of its");
        }
    }

    /**
     * A write of {@code from} is about to be applied.
     *
     * @param sentAt when, in true time, it left
     */
    void writes(Node from, long sentAt, @Nullable Entry current, Entry written) {
        LeaderRecord next = written.record();
        world.mix(written.revision() * 31 + next.nonce().hashCode());
        world.trace("store", new Commit(from, written));
        if (current != null && !astray && from.isOfThisEpoch()) {
            replaces(from, current.record(), next);
        }
        if (premise() && withdrawn.contains(next.nonce())) {
            throw world.violation("a write of claim " + next.nonce() + " of " + from
                    + " landed after its withdrawal had been confirmed");
        }
        Long gone = goneAt.get(next.nonce());
        // A request that a stopped run sent after a restore may land when the store's revisions come round to it.
        if (gone != null && !astray && from.isOfThisEpoch() && sentAt > gone && begun.contains(next.nonce())) {
            throw world.violation("claim " + next.nonce() + " of " + from
                    + ", which had held a term, was written again after it was gone from the store");
        }
        // What was sent before and lands now stands again, for all to see.
        goneAt.remove(next.nonce());
        // A copy that lands after an operator's deletion says nothing new: its sender counts from when it sent the
        // first.
        Long first = sentBefore.putIfAbsent(next, world.now());
        committedAt = first == null ? world.now() : first;
    }

    private void replaces(Node from, LeaderRecord was, LeaderRecord next) {
        if (was.isFree()) {
            return;
        }
        if (!was.nonce().equals(next.nonce())) {
            goneAt.put(was.nonce(), world.now());
        }
        if (!from.wrote(was.nonce())) {
            long stood = world.now() - committedAt;
            if (stood < was.leaseDuration().toNanos() / (1 + world.drift()) - 1) {
                throw world.violation(from + (next.isFree() ? " blanked" : " took over") + " the record of "
                        + was.holderIdentity() + " (" + was.nonce() + ") " + stood / 1_000_000
                        + " ms after it was written, though it holds for "
                        + was.leaseDuration().toMillis() + " ms");
            }
        } else if (next.isFree()) {
            releases(from, was);
        }
    }

    /** While work of a lost term runs, its claim is left standing for as long as others would leave it standing. */
    private void releases(Node from, LeaderRecord was) {
        for (Reign reign : unsettled) {
            if (reign.node.equals(from)
                    && reign.nonce.equals(was.nonce())
                    && reign.isWorking()
                    && from.now().nanos() - reign.sentAt()
                            < from.config().timing().leaseDuration().toNanos()) {
                throw world.violation("the claim of " + reign + " was released while its work is " + reign.work);
            }
        }
    }

    /** Somebody who is no candidate changed the record. */
    void edits(@Nullable Entry current, @Nullable Entry written) {
        world.trace("operator", written == null ? "deletes the record" : written.record());
        if (current != null
                && (written == null
                        || !written.record().nonce().equals(current.record().nonce()))) {
            removed.add(current.record().nonce());
            goneAt.put(current.record().nonce(), world.now());
        }
        editedAt = world.now();
        committedAt = world.now();
    }

    /** Somebody who is no candidate took something away. */
    void edited(String what) {
        world.trace("operator", what);
        editedAt = world.now();
    }

    /** Somebody wrote the same record once more: that is no sign of life of its holder. */
    void touches(Entry written) {
        world.trace("operator", "writes the record again, with revision " + written.revision());
    }

    /** The store goes back from {@code current} to {@code backup}. */
    void restores(@Nullable Entry current, @Nullable Entry backup) {
        edits(current, backup);
        if (backup != null) {
            goneAt.remove(backup.record().nonce());
        }
        astray = true;
        removedAt.clear();
    }

    /** Every candidate has been stopped, and is started with the next epoch. */
    void raised() {
        astray = false;
        committedAt = world.now();
    }

    /**
     * {@code from} is about to create a record where {@code vanished} stood, which it decided at {@code decidedAt}.
     * What it was told of in the same instant came after: a process that wakes up has much to hear at once.
     */
    void creates(Node from, long decidedAt, LeaderRecord vanished) {
        LeaderRecord heard = from.heard();
        long known = decidedAt - from.heardSince();
        if (heard != null
                && !heard.isFree()
                && heard.nonce().equals(vanished.nonce())
                && !from.wrote(vanished.nonce())
                && known > 0
                && known < heard.leaseDuration().toNanos() / (1 + world.drift()) - 1) {
            throw world.violation(from + " took over from " + heard.holderIdentity() + " (" + heard.nonce() + ") "
                    + known / 1_000_000 + " ms after it was told of its record, which has vanished and holds for "
                    + heard.leaseDuration().toMillis() + " ms");
        }
    }

    /** The watch of {@code node} was found dead, and it has had the time to act on it. */
    void deaf(Node node, boolean hears) {
        if (!hears && !node.isStopped() && node.driver().status().watched()) {
            throw world.violation(node + " says that it is told of changes, and its watch is dead");
        }
    }

    /** The backend of {@code node} has been closed. */
    void closed(Node node) {
        for (Reign reign : open) {
            if (reign.node.equals(node) && reign.isLive()) {
                throw world.violation(reign + " is live, and its backend has been closed");
            }
        }
    }

    /** What made the claim with this token is about to be gone from the store: by then its term must be over. */
    void gone(long number) {
        for (Reign reign : open) {
            if (reign.token.number() == number && reign.isLive()) {
                throw world.violation(reign + " is live, and its claim is gone from the store");
            }
        }
    }

    /** Somebody who is no candidate has removed what made the claim with this token. */
    void removed(long number) {
        if (!astray) {
            removedAt.putIfAbsent(number, world.now());
        }
    }

    /** {@code node} was told that the register changed, and has had the time to act on it. */
    void heard(Node node, @Nullable Entry entry, long revision) {
        Entry stands = world.store().entry();
        for (Reign reign : open) {
            if (reign.node.equals(node)
                    && reign.ended == null
                    && !astray
                    && revision > reign.token.number()
                    && (stands == null || !stands.record().nonce().equals(reign.nonce))
                    && (entry == null || !entry.record().nonce().equals(reign.nonce))) {
                throw world.violation(reign + " goes on, though " + node + " has heard that its record is gone");
            }
        }
    }

    void called(Node node, long calls) {
        if (calls > MOST_CALLS) {
            throw world.violation(node + " made " + calls + " calls to the store within 30 retryPeriods");
        }
    }

    /**
     * Everybody was closed: whatever is in the store now was left there by the dead. Or by an operator: where a record was
     * deleted, a repetition of the request that created it may create it again.
     */
    void checkNothingIsLeft() {
        Entry entry = world.store().entry();
        if (!premise() || entry == null || entry.record().isFree()) {
            return;
        }
        for (Node node : world.nodes()) {
            if (node.isAlive() && node.wrote(entry.record().nonce())) {
                throw world.violation(node + " was closed and has stopped, and left " + entry + " behind");
            }
        }
    }

    private record Commit(Node from, Entry entry) {
        @Override
        public String toString() {
            LeaderRecord record = entry.record();
            return "takes revision " + entry.revision() + " from " + from + ": "
                    + (record.isFree() ? "free" : record.holderIdentity() + " (" + record.nonce() + ")");
        }
    }
}
