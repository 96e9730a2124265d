package dev.baton.machine;

import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import org.jspecify.annotations.Nullable;

/**
 * The observations of a candidate in the store.
 *
 * @param token the greatest, of any candidate
 * @param holder the leader last seen
 * @param watched whether the watch is live
 */
record Seen(@Nullable FencingToken token, @Nullable Holder holder, boolean watched) {
    static final Seen NOTHING = new Seen(null, null, false);

    Seen token(FencingToken next) {
        return token == null || next.isAfter(token) ? new Seen(next, holder, watched) : this;
    }

    Seen holder(@Nullable Holder next) {
        return new Seen(token, next, watched);
    }

    Seen watched(boolean live) {
        return new Seen(token, holder, live);
    }
}
