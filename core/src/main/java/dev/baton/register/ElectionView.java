package dev.baton.register;

import dev.baton.register.Register.Entry;
import dev.baton.spi.BackendException;
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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The view of one process of one election on a register, with its claims and watchers. Confined to the loop. */
final class ElectionView {
    /** How often a register that cannot watch is read for observers, unless a candidate has just read it. */
    private static final Duration POLL = ElectionTiming.DEFAULT.retryPeriod();

    /** The longest wait for the next poll of a register that does not answer. */
    private static final Duration LONGEST_POLL = ElectionTiming.DEFAULT.leaseDuration();

    /** By then the wait has grown to the longest. */
    private static final int MOST_UNANSWERED = 3;

    private final ElectionName election;
    private final RegisterBackend backend;
    private final Map<Claim, RegisterClaim> claims = new HashMap<>();
    private final List<ElectionWatcher> watchers = new ArrayList<>();
    private LastSeen lastSeen;
    private Moment readAt;
    private boolean known;
    private boolean live;
    private @Nullable Holder holder;
    private LockBackend.@Nullable Observation watch;
    private @Nullable Changes changes;
    private Timekeeper.@Nullable Timer poll;

    /** How many polls in a row had no answer, counted up to a limit. */
    private int unanswered;

    ElectionView(ElectionName election, RegisterBackend backend) {
        this.election = election;
        this.backend = backend;
        this.readAt = backend.time().now();
        this.lastSeen = LastSeen.of(null, 0, readAt);
    }

    String kind() {
        return backend.kind();
    }

    RegisterClaim registerClaim(Claim claim) {
        return claims.computeIfAbsent(claim, c -> new RegisterClaim(c, this, backend));
    }

    void settled(Claim claim) {
        claims.remove(claim);
        forgetIfEmpty();
    }

    LastSeen lastSeen() {
        return lastSeen;
    }

    /** Whether a live watch has shown a free record, no longer ago than {@code span}. */
    boolean isFreeSince(Duration span) {
        Entry entry = lastSeen.entry();
        return live
                && entry != null
                && entry.record().isFree()
                && backend.time().now().nanosSince(lastSeen.seenAt()) < span.toNanos();
    }

    /** The holder last seen, or null. */
    @Nullable Holder holder() {
        return holder;
    }

    /** Why no candidate could lead if the holder died: the record's lease is longer than any outage. */
    BackendException endless() {
        Holder by = holder;
        String name = by == null ? "its last holder" : "\"" + by.identity() + "\"";
        return new BackendException("the record of " + election + " on " + backend.kind() + " gives " + name
                + " a lease of " + ElectionTiming.text(Duration.ofNanos(lastSeen.leaseNanos()))
                + ", longer than any leaseDuration (" + ElectionTiming.text(ElectionTiming.LONGEST)
                + "), so no candidate can take over if it dies; if it does not lead any more, blank the record's"
                + " holderIdentity, or restart the candidates where the record is gone");
    }

    // -- seeing ---------------------------------------------------------------------------------------------------

    /** Takes an entry that was read or written. Answers false when it is older than the last one seen. */
    boolean saw(@Nullable Entry entry) {
        long revision = entry == null ? lastSeen.revision() : entry.revision();
        readAt = backend.time().now();
        answered();
        boolean current = revision >= lastSeen.revision();
        see(entry, revision);
        return current;
    }

    private void see(@Nullable Entry entry, long revision) {
        LastSeen next = lastSeen.then(entry, revision, backend.time().now());
        boolean changed = !next.equals(lastSeen);
        lastSeen = next;
        if (changed || !known) {
            known = true;
            tell(changed ? claimsGone(entry, revision) : List.of());
        }
    }

    private List<Claim> claimsGone(@Nullable Entry entry, long revision) {
        List<Claim> gone = new ArrayList<>();
        claims.forEach((claim, registerClaim) -> {
            if (registerClaim.isGone(entry, revision)) {
                gone.add(claim);
            }
        });
        return gone;
    }

    private void tell(List<Claim> gone) {
        Entry entry = lastSeen.entry();
        Duration wait = lastSeen.wait(backend.time().now());
        holder = entry == null || entry.record().isFree() ? null : holder(entry);
        for (ElectionWatcher watcher : List.copyOf(watchers)) {
            gone.forEach(claim -> watcher.lost(claim, "its record is gone or belongs to another holder"));
            tell(watcher, wait);
        }
    }

    /** The revision at which a leadership was first seen stands for its token: at least as great, and so a safe guard. */
    private Holder holder(Entry entry) {
        FencingToken token = new FencingToken(backend.epoch(), entry.revision());
        Holder seen = RegisterClaim.holder(entry, token);
        Holder before = holder;
        return before != null
                        && before.token() != null
                        && before.identity().equals(seen.identity())
                        && Objects.equals(before.nonce(), seen.nonce())
                        && Objects.equals(before.acquired(), seen.acquired())
                ? RegisterClaim.holder(entry, before.token())
                : seen;
    }

    private void tell(ElectionWatcher watcher, Duration wait) {
        if (holder != null) {
            // A standby has to try, to learn that it would wait in vain.
            watcher.held(holder, lastSeen.isEndless() ? Chance.now() : Chance.after(wait));
        } else if (wait.isZero()) {
            watcher.vacant();
        }
    }

    // -- observers ------------------------------------------------------------------------------------------------

    void join(ElectionWatcher watcher) {
        watchers.add(watcher);
        if (changes == null && poll == null) {
            listen();
        }
        watcher.watching(live);
        if (known) {
            tell(watcher, lastSeen.wait(backend.time().now()));
        }
    }

    private void listen() {
        Changes heard = new Changes();
        changes = heard;
        backend.runtime()
                .sendNext(() ->
                        CompletableFuture.completedFuture(backend.register().watch(election, heard)))
                .whenComplete((begun, failure) -> backend.time().execute(() -> listening(heard, begun, failure)));
    }

    private void listening(Changes heard, LockBackend.@Nullable Observation begun, @Nullable Throwable failure) {
        if (failure != null) {
            Logger log = backend.runtime().logger(ElectionView.class);
            log.warn("{}: cannot watch, and polls instead", election, failure);
        }
        if (changes == heard) {
            watch = begun;
            if (begun == null) {
                changes = null;
                pollLater(0);
            }
        } else if (begun != null) {
            close(begun);
        }
    }

    /** On the sender, like every call of the register. */
    private void close(LockBackend.Observation ended) {
        backend.runtime()
                .sendNext(() -> {
                    ended.close();
                    return CompletableFuture.completedFuture(ended);
                })
                .whenComplete((closed, failure) -> {
                    if (failure != null) {
                        Logger log = backend.runtime().logger(ElectionView.class);
                        log.debug("{}: a watch was not closed", election, failure);
                    }
                });
    }

    void leave(ElectionWatcher watcher) {
        watchers.remove(watcher);
        if (watchers.isEmpty()) {
            LockBackend.Observation ended = watch;
            watch = null;
            changes = null;
            live = false;
            if (ended != null) {
                close(ended);
            }
            if (poll != null) {
                poll.cancel();
                poll = null;
            }
        }
        forgetIfEmpty();
    }

    private void forgetIfEmpty() {
        if (claims.isEmpty() && watchers.isEmpty()) {
            backend.forget(election);
        }
    }

    /** Polls replace a watch that is down, until it is live again. */
    private void pollUnless(boolean isLive) {
        if (isLive && poll != null) {
            poll.cancel();
            poll = null;
            unanswered = 0;
        } else if (!isLive && poll == null) {
            pollLater(POLL.toNanos());
        }
    }

    private void pollLater(long afterNanos) {
        poll = backend.time().schedule(Duration.ofNanos(afterNanos), this::poll);
    }

    private void poll() {
        Timekeeper.Timer round = poll;
        long jitter = backend.time().random().nextLong(pace());
        if (known && backend.time().now().nanosSince(readAt) < POLL.toNanos()) {
            pollLater(pace() + jitter);
            return;
        }
        long asked = lastSeen.revision();
        backend.call(
                "a read of " + election,
                backend.time().now().plus(POLL),
                () -> backend.register().read(election),
                (found, failure) -> {
                    if (found == null) {
                        unanswered = Math.min(unanswered + 1, MOST_UNANSWERED);
                    } else {
                        answered();
                    }
                    // A change that arrived meanwhile is newer than an empty read, which has no revision.
                    if (found != null && asked == lastSeen.revision()) {
                        saw(found.orElse(null));
                    }
                    if (poll == round) {
                        pollLater(pace() + jitter);
                    }
                },
                (found, failure) -> {});
    }

    /** The shortest wait for the next poll, half of the longest: doubled by each but the first that had no answer. */
    private long pace() {
        return Math.min(POLL.toNanos() << Math.max(0, unanswered - 1), LONGEST_POLL.toNanos() / 2);
    }

    /** The register has answered a call of any kind: polls return to their usual pace. */
    private void answered() {
        if (unanswered > 0) {
            unanswered = 0;
            if (poll != null) {
                poll.cancel();
                pollLater(pace() + backend.time().random().nextLong(pace()));
            }
        }
    }

    /** Receives the register's changes; drops them once the watch has been closed. */
    private final class Changes implements Register.RegisterWatcher {
        @Override
        public void live(boolean isLive) {
            backend.time().execute(() -> {
                if (changes == this) {
                    live = isLive;
                    watchers.forEach(watcher -> watcher.watching(isLive));
                    pollUnless(isLive);
                }
            });
        }

        @Override
        public void changed(@Nullable Entry entry, long revision) {
            backend.time().execute(() -> {
                if (changes == this) {
                    see(entry, revision);
                }
            });
        }
    }
}
