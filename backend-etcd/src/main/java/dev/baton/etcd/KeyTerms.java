package dev.baton.etcd;

import dev.baton.internal.session.Grants;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;

/** The terms of a session's claims in one election, each known by its key. In the lane. */
record KeyTerms(Session session, ElectionName election) implements Grants.Terms<OwnKey> {
    @Override
    public FencingToken token(OwnKey key) {
        return new FencingToken(session.epoch(), key.created());
    }

    @Override
    public void begun(OwnKey key) {
        session.fences.put(election, token(key), key.at);
        session.times.begun(key.created(), session.time.now().wall());
    }

    @Override
    public void ended(OwnKey key) {
        session.fences.remove(election, token(key));
        session.times.ended(key.created());
    }
}
