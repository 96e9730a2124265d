package dev.baton.migration;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.internal.Required;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A backend made of an old and a new one, for moving a live fleet from one store to the other. A term needs both: it is
 * acquired on the old store and then on the new, is valid while both grants are, ends when either is lost, and is
 * released on the new store and then on the old.
 *
 * <p><b>The procedure</b>, one process at a time and in any order within a step:
 *
 * <ol>
 *   <li>All candidates are on the old backend, with epoch <i>e</i>. Take a current token, and choose {@code raiseFrom}
 *       so far above its number that the old store will not reach it before step 2 is done. Numbers are revisions of
 *       the whole store, or ZooKeeper's transaction ids: look at how they grew in the last days.
 *   <li>Restart each candidate with {@code DualBackend.of(old, next, raiseFrom)}, the same {@code raiseFrom} everywhere, the
 *       old backend as before and the new one opened with epoch <i>e + 1</i>.
 *   <li>When no candidate with the old backend alone is left, wait for the old store to reach {@code raiseFrom}, or
 *       write to it until it does; then let the leader step down. The step is done when a token of epoch <i>e + 1</i>
 *       appears. <li>Restart each candidate with the new backend alone, opened as before.
 *   <li>When no candidate with two backends is left, remove the old store.
 * </ol>
 *
 * <p><b>What may never run together</b>: candidates of the old backend alone and of the new backend alone. They share
 * no lock, so two would lead at once. All other pairs share one.
 *
 * <p><b>Tokens</b> are the old store's while its number is below {@code raiseFrom}, and the new store's from then on.
 * They grow from term to term throughout if the steps are kept apart as above. With {@code raiseFrom} 0 the epoch rises
 * with the first term on both, and no wait is needed; but a candidate of the old backend that leads after it has a
 * smaller token, so choose 0 only where no resource compares tokens. That the new epoch is greater is checked when a
 * term is about to begin; until it is, no candidate with two backends leads.
 *
 * <p><b>To go back</b> before step 3, restart each candidate with the old backend. After it, finish, and move back by the
 * same procedure with the roles exchanged and the epoch raised once more.
 *
 * <p>While candidates hold two stores, both must be up: the failure of either ends the term. A candidate that holds the
 * old store and does not acquire the new one within a retryPeriod releases the old one and pauses for a random time.
 *
 * <p>The instance owns both backends and decides on the new one's loop. Threads and errors are as for any {@link
 * LockBackend}. It passes each event to a backend that records changes of leader, on either side.
 */
public final class DualBackend implements LockBackend, EventSink {
    private final Side old;
    private final Side next;
    private final Timekeeper loop;
    private final long raiseFrom;
    private final EventSink events;
    private final Map<Claim, DualClaim> holds = new HashMap<>();
    private final Map<String, DualClaim> byPart = new HashMap<>();
    private final List<DualWatch> sights = new ArrayList<>();

    private DualBackend(LockBackend old, LockBackend next, long raiseFrom) {
        this.loop = next.runtime().timekeeper();
        this.old = new Side(old, loop);
        this.next = new Side(next, loop);
        this.raiseFrom = raiseFrom;
        this.events = sink(old).and(sink(next));
    }

    private static EventSink sink(LockBackend part) {
        return part instanceof EventSink store ? store : event -> {};
    }

    /**
     * A backend that holds both, and closes both when closed. The caller must not close either before.
     *
     * @param old the backend that the fleet leaves, with its present epoch
     * @param next the backend that the fleet moves to, opened with a greater epoch
     * @param raiseFrom the first number of the old store at which a term takes the new store's token, 0 or more; the same
     *     for every candidate of the fleet
     * @throws IllegalArgumentException when both are the same instance or {@code raiseFrom} is negative
     */
    public static DualBackend of(LockBackend old, LockBackend next, long raiseFrom) {
        Required.given("old", old);
        Required.given("next", next);
        if (old == next) {
            throw new IllegalArgumentException("the old and the new backend are the same " + old.kind()
                    + " instance, which would wait for itself; open one for each store");
        }
        if (raiseFrom < 0) {
            throw new IllegalArgumentException("raiseFrom " + raiseFrom
                    + " must not be negative: it is a revision of the old store that lies in the future; 0 raises the"
                    + " epoch at once");
        }
        return new DualBackend(old, next, raiseFrom);
    }

    /** Both kinds, {@code old+new}. */
    @Override
    public String kind() {
        return old.backend().kind() + "+" + next.backend().kind();
    }

    /** The new backend's runtime. */
    @Override
    public BackendRuntime runtime() {
        return next.backend().runtime();
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        old.backend().check(election, timing);
        next.backend().check(election, timing);
    }

    /** The smaller of both: a successor with only one of the two backends waits for that lock alone. */
    @Override
    public Duration windDownBudget(ElectionTiming timing) {
        Duration one = old.backend().windDownBudget(timing);
        Duration other = next.backend().windDownBudget(timing);
        return one.compareTo(other) <= 0 ? one : other;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> hold(claim).acquire(deadline, answer));
        return answer;
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> hold(claim).renew(deadline, answer));
        return answer;
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        loop.execute(() -> hold(claim).withdraw(deadline, answer));
        return answer;
    }

    @Override
    public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
        DualWatch both = new DualWatch(this, election, timing, watcher);
        loop.execute(() -> {
            sights.add(both);
            both.open();
        });
        return () -> loop.execute(() -> {
            sights.remove(both);
            both.close();
        });
    }

    /** Passes on to each backend that records events: operators of either store see the leader there. */
    @Override
    public void accept(ElectionEvent event) {
        events.accept(event);
    }

    /** Hands over while both connections are open, then closes the new backend and the old one. */
    @Override
    public void close() {
        runtime().close();
        next.backend().close();
        old.backend().close();
    }

    // -- for claims and watches, on the loop ----------------------------------------------------------------

    Side old() {
        return old;
    }

    Side next() {
        return next;
    }

    Timekeeper loop() {
        return loop;
    }

    long raiseFrom() {
        return raiseFrom;
    }

    private DualClaim hold(Claim claim) {
        return holds.computeIfAbsent(claim, c -> {
            DualClaim begun = new DualClaim(this, c);
            byPart.put(c.nonce(), begun);
            return begun;
        });
    }

    void forget(DualClaim hold) {
        holds.remove(hold.claim());
        byPart.remove(hold.part().nonce());
    }

    /** The claim's name in a further round. */
    Claim renamed(DualClaim hold, int round) {
        Claim claim = hold.claim();
        Claim renamed = new Claim(claim.election(), claim.identity(), claim.nonce() + "-" + round, claim.timing());
        byPart.remove(hold.part().nonce());
        byPart.put(renamed.nonce(), hold);
        return renamed;
    }

    /** The claim that the stores know as {@code part} in this round, or null. */
    @Nullable DualClaim holdOf(Claim part) {
        return byPart.get(part.nonce());
    }

    boolean isMoving(@Nullable Holder holder) {
        DualClaim ours = holder == null || holder.nonce() == null ? null : byPart.get(holder.nonce());
        return ours != null && ours.isMoving();
    }

    void tellLost(Claim claim, String how) {
        for (DualWatch both : List.copyOf(sights)) {
            if (both.election().equals(claim.election())) {
                both.lost(claim, how);
            }
        }
    }

    void retell(ElectionName election) {
        for (DualWatch both : List.copyOf(sights)) {
            if (both.election().equals(election)) {
                both.tell();
            }
        }
    }

    /** The holder under its candidate's name, with the token of its term, or null where that is not certain. */
    Holder shown(Holder holder, @Nullable FencingToken token) {
        DualClaim ours = holder.nonce() == null ? null : byPart.get(holder.nonce());
        String nonce = ours == null ? holder.nonce() : ours.claim().nonce();
        return new Holder(holder.identity(), nonce, token, holder.acquired(), holder.renewed(), holder.transitions());
    }

    /** Below raiseFrom, a holder of the old store that leads has the old store's token. */
    @Nullable Holder onOldOnly(@Nullable Holder holder) {
        if (holder == null) {
            return null;
        }
        FencingToken token = holder.token();
        return shown(holder, token != null && token.number() < raiseFrom ? token : null);
    }

    /**
     * The holder leads by the new store alone, or is between two steps of an acquire or release: its token is not
     * certain.
     */
    @Nullable Holder onNextOnly(@Nullable Holder holder) {
        return holder == null ? null : shown(holder, null);
    }

    /**
     * This candidate is in the new store's line only while it holds the old store, so the new store will not call its
     * turn.
     */
    Chance chanceOnNext(Chance said, ElectionTiming timing) {
        if (!said.equals(Chance.whenTold())) {
            return said;
        }
        long retry = timing.retryPeriod().toNanos();
        return Chance.after(Duration.ofNanos(retry + loop.random().nextLong(retry)));
    }
}
