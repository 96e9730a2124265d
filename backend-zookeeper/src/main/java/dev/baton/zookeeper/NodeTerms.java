package dev.baton.zookeeper;

import dev.baton.internal.session.Grants;
import dev.baton.spi.FencingToken;

/** The terms of a session's claims, each known by the czxid of its node. In the lane. */
record NodeTerms(Session session) implements Grants.Terms<Long> {
    @Override
    public FencingToken token(Long czxid) {
        return new FencingToken(session.epoch(), czxid);
    }

    @Override
    public void begun(Long czxid) {
        session.termBegun(czxid);
    }

    @Override
    public void ended(Long czxid) {
        session.termEnded(czxid);
    }
}
