package dev.baton.test;

import dev.baton.spi.Answer;
import dev.baton.spi.Answer.Refused;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One election: who waits, who holds it, and whether the test has said that the next one may. Confined to the loop. */
final class Contest {
    /** Who leads once the test has revoked a term: somebody in another process. */
    private static final String ANOTHER = "another";

    private final ElectionName name;
    private final Set<Claim> waiting = new LinkedHashSet<>();
    private final Map<ElectionWatcher, Duration> watchers = new LinkedHashMap<>();
    private boolean open;
    private @Nullable Claim held;
    private @Nullable Holder holder;
    private @Nullable FencingToken token;
    private Moment provedAt = new Moment(0, 0);

    Contest(ElectionName name) {
        this.name = name;
    }

    /** Whether anybody takes part. */
    boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** The token of the newest term, once the one that the test let lead has asked to; its term may be over already. */
    Optional<FencingToken> granted() {
        return open ? Optional.empty() : Optional.ofNullable(token);
    }

    /** The token of the one of ours who leads, if one does by the clock now. */
    Optional<FencingToken> led(Moment now) {
        return remaining(now).isZero() ? Optional.empty() : Optional.ofNullable(token);
    }

    /** The longest leaseDuration of those who take part. */
    Duration longestLease() {
        return watchers.values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** For how long the one of ours who leads does so unless renewed; zero when none does. */
    Duration remaining(Moment now) {
        Claim claim = held;
        if (claim == null) {
            return Duration.ZERO;
        }
        Moment over = provedAt.plus(claim.timing().renewDeadline());
        return now.isBefore(over) ? Duration.ofNanos(over.nanosSince(now)) : Duration.ZERO;
    }

    // -- what candidates ask --------------------------------------------------------------------------------------

    Answer acquire(Claim claim, Moment now, Supplier<FencingToken> numbers) {
        if (claim.equals(held)) {
            return renew(claim, now);
        }
        if (!open) {
            waiting.add(claim);
            return refused();
        }
        open = false;
        waiting.remove(claim);
        FencingToken next = numbers.get();
        held = claim;
        token = next;
        holder = new Holder(claim.identity(), claim.nonce(), next, now.wall(), now.wall(), -1);
        tell();
        return renew(claim, now);
    }

    Answer renew(Claim claim, Moment now) {
        FencingToken mine = token;
        if (!claim.equals(held) || mine == null) {
            return refused();
        }
        provedAt = now;
        return new Answer.Granted(now, claim.timing().leaseDuration(), mine);
    }

    void withdraw(Claim claim) {
        waiting.remove(claim);
        if (claim.equals(held)) {
            held = null;
            holder = null;
            tell();
        }
    }

    private Refused refused() {
        return new Refused(holder, Chance.whenTold());
    }

    // -- what the test decides ------------------------------------------------------------------------------------

    /** The next one that asks leads; the one that has waited longest is told to. */
    void open() {
        open = true;
        held = null;
        holder = null;
        waiting.stream().findFirst().ifPresent(first -> watchers.keySet().forEach(each -> each.yourTurn(first, null)));
    }

    /** Nobody asked: it is as if {@link #open()} had never been called. */
    void shut() {
        open = false;
    }

    /** Another process leads, of which ours hears unless it is cut off. */
    FencingToken revoke(boolean heard, Moment now, FencingToken next) {
        Claim gone = held;
        held = null;
        token = next;
        holder = new Holder(ANOTHER, null, next, now.wall(), now.wall(), -1);
        if (heard && gone != null) {
            watchers.keySet().forEach(each -> each.lost(gone, "the test revoked it"));
            tell();
        }
        return next;
    }

    // -- who listens ----------------------------------------------------------------------------------------------

    void join(ElectionWatcher watcher, Duration leaseDuration, boolean reachable) {
        watchers.put(watcher, leaseDuration);
        connected(watcher, reachable);
    }

    void leave(ElectionWatcher watcher) {
        watchers.remove(watcher);
    }

    void connected(boolean reachable) {
        watchers.keySet().forEach(watcher -> connected(watcher, reachable));
    }

    private void connected(ElectionWatcher watcher, boolean reachable) {
        watcher.watching(reachable);
        if (reachable) {
            tell(watcher);
        }
    }

    private void tell() {
        watchers.keySet().forEach(this::tell);
    }

    private void tell(ElectionWatcher watcher) {
        Holder who = holder;
        if (who == null) {
            watcher.vacant();
        } else {
            watcher.held(who, Chance.whenTold());
        }
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
