package dev.baton.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Line;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import dev.baton.internal.session.News;
import dev.baton.spi.BackendException;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One election as one session sees it: the line, and the candidates of this session. They would all have the same key, so
 * one candidate at a time is in line; the others wait here until the key is free. In the lane.
 */
final class ElectionQueue {
    private final Session session;
    final ElectionName election;
    final String prefix;
    final Line line;
    private final News news;
    private final Map<String, QueuedClaim> claims = new LinkedHashMap<>();
    private @Nullable QueuedClaim entered;
    private boolean listing;
    private int listings;
    private boolean listed;

    ElectionQueue(Session session, ElectionName election, String prefix) {
        this.session = session;
        this.election = election;
        this.prefix = prefix;
        this.line = new Line(prefix);
        this.news = new News(session.observers, election);
    }

    QueuedClaim queued(Claim claim) {
        QueuedClaim known = claims.get(claim.nonce());
        if (known != null) {
            return known;
        }
        QueuedClaim queued = new QueuedClaim(session, this, claim);
        claims.put(claim.nonce(), queued);
        session.joined(claim);
        return queued;
    }

    @Nullable QueuedClaim find(Claim claim) {
        return claims.get(claim.nonce());
    }

    List<QueuedClaim> claims() {
        return List.copyOf(claims.values());
    }

    void remove(QueuedClaim queued) {
        leave(queued);
        if (claims.remove(queued.claim.nonce()) != null) {
            session.left(this, queued.claim);
        }
    }

    /** Whether a claim or an observer still needs the election. */
    boolean isNeeded() {
        return !claims.isEmpty() || news.hasObservers();
    }

    /** Whether the line is known, and the watch reports every change of it. */
    boolean isLive() {
        return news.isWatching();
    }

    // -- this session's candidates ------------------------------------------------------------------------------------

    /** Whether the candidate may write the key. The first to ask may, until it leaves. */
    boolean mayEnter(QueuedClaim queued) {
        if (entered == null) {
            entered = queued;
        }
        return entered == queued;
    }

    /** The candidate has no key, and will write none: the next may. */
    void leave(QueuedClaim queued) {
        if (entered != queued) {
            return;
        }
        entered = null;
        for (QueuedClaim next : claims()) {
            if (entered == null) {
                next.mayEnterNow();
            }
        }
    }

    void fail(BackendException why) {
        claims().forEach(queued -> queued.fail(why));
    }

    void connected() {
        claims().forEach(QueuedClaim::connected);
    }

    void disconnected() {
        claims().forEach(QueuedClaim::disconnected);
    }

    void unsettled() {
        claims().forEach(QueuedClaim::unsettled);
    }

    void leaseEnded(Lease ended, String why) {
        claims().forEach(queued -> queued.leaseEnded(ended, why));
    }

    void leaseGone(long lease) {
        claims().forEach(queued -> queued.leaseGone(lease));
    }

    // -- the line -----------------------------------------------------------------------------------------------------

    /** An observer was added: it receives what is known again, and the line is listed if it is unknown. */
    void observed() {
        news.observed(news.holder());
        look();
    }

    /** Lists the line unless it is known. */
    void look() {
        if (!listed && session.isWatching()) {
            list();
        }
    }

    /** @param anew whether the watch may have missed changes */
    void watchLives(boolean anew) {
        if (anew) {
            listed = false;
        }
        if (listed) {
            settle();
        } else {
            listing = false;
            list();
        }
    }

    void watchEnded() {
        news.forgetVacancy();
        listing = false;
        if (news.isWatching()) {
            news.watching(false);
            // Claims that wait for an event of the watch read for themselves.
            claims().forEach(QueuedClaim::moved);
        }
    }

    void changed(Change change) {
        line.changed(change);
    }

    /** Lists the line. The watch must be live. */
    void list() {
        if (session.wire() == null || listing) {
            return;
        }
        listing = true;
        int asked = ++listings;
        line.listing();
        session.listing.ask(new Transaction.All(prefix), reply -> {
            // The answer to an older request lacks the changes before this one.
            if (listing && asked == listings) {
                answered(reply);
            }
        });
    }

    private void answered(Reply<Listing.Listed> reply) {
        listing = false;
        if (reply instanceof Reply.Done<Listing.Listed> done) {
            line.listed(done.value().entries(), done.value().revision());
            listed = true;
            settle();
        } else if (reply instanceof Reply.Failed<Listing.Listed> failed
                && !failed.why().isUnknown()) {
            BackendException why = session.messages.failed(failed.why(), prefix);
            session.complain(why);
            fail(why);
            session.time.schedule(session.pause(), this::look);
        }
    }

    /** Acts on the line as it is now. */
    void settle() {
        if (!listed || !session.isWatching()) {
            return;
        }
        news.watching(true);
        String nested = line.nested();
        if (nested != null) {
            session.complain(session.messages.nested(election, nested));
        }
        tell();
        claims().forEach(QueuedClaim::moved);
    }

    private void tell() {
        Holder holder = holder();
        if (holder == null) {
            news.vacant();
        } else {
            news.held(holder);
        }
    }

    /** The leader according to the line, or null. */
    @Nullable Holder holder() {
        Entry first = line.first();
        return first == null ? null : shown(first);
    }

    /** The candidate that wrote {@code entry}. */
    Holder shown(Entry entry) {
        QueuedClaim ours = entered;
        String nonce = ours != null && ours.isAt(entry.key()) ? ours.claim.nonce() : null;
        FencingToken token = new FencingToken(session.epoch(), entry.created());
        // Other kinds of candidates may write an empty value to their keys.
        String identity = entry.value().isBlank() ? entry.key() : entry.value();
        return new Holder(identity, nonce, token, null, null, -1);
    }
}
