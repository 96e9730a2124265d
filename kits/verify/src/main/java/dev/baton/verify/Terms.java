package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the terms in a run. */
final class Terms {
    private final CandidateRun run;
    private final List<Account> accounts = new ArrayList<>();
    private final Map<FencingToken, Account> newest = new LinkedHashMap<>();

    private Terms(CandidateRun run) {
        this.run = run;
    }

    static List<Term> of(CandidateRun run) {
        return new Terms(run).find();
    }

    private List<Term> find() {
        for (LoggedEvent logged : run.log()) {
            FencingToken token = logged.event().token();
            if (token != null) {
                take(logged, token);
            }
        }
        return accounts.stream()
                .filter(account -> account.began || account.isOfALogWithoutBeginning())
                .map(Account::term)
                .toList();
    }

    private void take(LoggedEvent logged, FencingToken token) {
        Type type = logged.event().type();
        Account account = newest.get(token);
        // A claim that is kept for a takeoverDelay is renewed before its term begins.
        if (account == null || type == Type.TERM_STARTED) {
            account = new Account(token, logged, type == Type.TERM_STARTED);
            newest.put(token, account);
            accounts.add(account);
        }
        account.take(logged);
    }

    /** The events of one term so far. */
    private final class Account {
        private final FencingToken token;
        private final LoggedEvent first;
        private final boolean began;
        private final long offset;
        private boolean said;
        private long step;
        private @Nullable Moment validUntil;
        private @Nullable Moment draining;
        private @Nullable LoggedEvent ended;

        Account(FencingToken token, LoggedEvent first, boolean began) {
            this.token = token;
            this.first = first;
            this.began = began;
            this.offset = CandidateRun.offset(first.event());
        }

        void take(LoggedEvent logged) {
            ElectionEvent event = logged.event();
            step = Math.max(step, Math.abs(CandidateRun.offset(event) - offset));
            switch (event.type()) {
                case TERM_STARTED, RENEWED -> validUntil = ended == null ? event.validUntil() : validUntil;
                case TERM_DRAINING -> {
                    draining = event.at();
                    said = true;
                }
                case TERM_ENDED -> {
                    ended = ended == null ? logged : ended;
                    said = true;
                }
                default -> {
                    // Work outlives terms.
                }
            }
        }

        /** Only where the log begins in the middle of a term, and that term is not one that was about to begin. */
        boolean isOfALogWithoutBeginning() {
            return !run.hasItsBeginning()
                    && accounts.get(0) == this
                    && (said || validUntil != null)
                    && newest.get(token) == this;
        }

        Term term() {
            return new Term(run, token, first, validUntil, draining, ended, step);
        }
    }
}
