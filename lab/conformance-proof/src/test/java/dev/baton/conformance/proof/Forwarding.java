package dev.baton.conformance.proof;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import org.jspecify.annotations.Nullable;

/** What stands around a backend as it is, until somebody changes a part of it. */
final class Forwarding {
    private Forwarding() {}

    /** A watcher that passes on what it hears. */
    static class Repeating implements ElectionWatcher {
        final ElectionWatcher to;

        Repeating(ElectionWatcher to) {
            this.to = to;
        }

        @Override
        public void watching(boolean live) {
            to.watching(live);
        }

        @Override
        public void held(Holder holder, Chance chance) {
            to.held(holder, chance);
        }

        @Override
        public void vacant() {
            to.vacant();
        }

        @Override
        public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
            to.yourTurn(claim, granted);
        }

        @Override
        public void lost(Claim claim, String how) {
            to.lost(claim, how);
        }
    }
}
