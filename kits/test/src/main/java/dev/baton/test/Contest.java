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

/**
 * One election: its waiting claims, its holder, and whether the test has granted the next claim. Confined to the loop.
 */
final class Contest {
    /** The leader after the test has revoked a term: a candidate in another process. */
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

    /** Whether the election has neither a candidate nor an observer. */
    boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** The token of the newest term, once the granted candidate has acquired it; the term may be over already. */
    Optional<FencingToken> granted() {
        return open ? Optional.empty() : Optional.ofNullable(token);
    }

    /** The token of this backend's candidate that leads now, if one does. */
    Optional<FencingToken> led(Moment now) {
        return remaining(now).isZero() ? Optional.empty() : Optional.ofNullable(token);
    }

    /** The longest leaseDuration of the candidates and observers. */
    Duration longestLease() {
        return watchers.values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** The remaining validity of this backend's leader unless renewed; zero without one. */
    Duration remaining(Moment now) {
        Claim claim = held;
        if (claim == null) {
            return Duration.ZERO;
        }
        Moment over = provedAt.plus(claim.timing().renewDeadline());
        return now.isBefore(over) ? Duration.ofNanos(over.nanosSince(now)) : Duration.ZERO;
    }

    // -- calls of candidates --------------------------------------------------------------------------------------

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

    // -- decisions of the test ------------------------------------------------------------------------------------

    /** The next claim to acquire is granted; the claim that has waited longest gets the hint. */
    void open() {
        open = true;
        held = null;
        holder = null;
        waiting.stream().findFirst().ifPresent(first -> watchers.keySet().forEach(each -> each.yourTurn(first, null)));
    }

    /** Undoes {@link #open()}, because no claim acquired. */
    void shut() {
        open = false;
    }

    /** Another process leads; this backend's candidates learn of it unless the store is unreachable. */
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

    // -- watchers ----------------------------------------------------------------------------------------------

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
