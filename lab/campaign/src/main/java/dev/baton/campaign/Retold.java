package dev.baton.campaign;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import dev.baton.verify.EventLog;
import dev.baton.verify.LoggedEvent;
import dev.baton.verify.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The claims of candidates that tell no events, as events, so that they can be drawn: each stretch of claims a term. Terms
 * are numbered in the order of their beginnings, which says nothing of tokens.
 */
final class Retold {
    private final ElectionName election;
    private final long offset = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();

    private record Led(Account account, Stretch stretch) {}

    private Retold(ElectionName election) {
        this.election = election;
    }

    static List<EventLog> from(List<Account> accounts, ElectionName election, long gap) {
        return new Retold(election).tell(accounts, gap);
    }

    private List<EventLog> tell(List<Account> accounts, long gap) {
        List<Led> all = accounts.stream()
                .flatMap(account ->
                        Stretch.joined(account.claims(), gap).stream().map(stretch -> new Led(account, stretch)))
                .sorted(Comparator.comparingLong(led -> led.stretch().from()))
                .toList();
        List<EventLog> logs = new ArrayList<>();
        for (Account account : accounts) {
            List<LoggedEvent> events = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                Led led = all.get(i);
                if (led.account().identity().equals(account.identity())) {
                    if (events.isEmpty()) {
                        events.add(event(account, led.stretch().from(), Type.STARTED, null, null));
                    }
                    FencingToken number = new FencingToken(0, i + 1L);
                    events.add(event(account, led.stretch().from(), Type.TERM_STARTED, number, null));
                    events.add(event(account, led.stretch().to(), Type.TERM_ENDED, number, EndReason.EXPIRED));
                }
            }
            logs.add(new EventLog(account.identity(), events, List.of()));
        }
        return logs;
    }

    private LoggedEvent event(
            Account account, long at, Type type, @Nullable FencingToken number, @Nullable EndReason reason) {
        return new LoggedEvent(
                new ElectionEvent(
                        new Moment(at, at + offset),
                        type,
                        election,
                        account.identity(),
                        number,
                        null,
                        null,
                        reason,
                        null),
                new Origin(account.identity() + ".jsonl", 0));
    }
}
