package dev.baton.etcd;

import dev.baton.etcd.internal.Entry;
import dev.baton.etcd.internal.Reply;
import dev.baton.etcd.internal.Transaction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists lines for many elections at once, one request at a time: elections that ask while a request is under way share the
 * next. After a new watch all elections must be listed; with a request for each, ten thousand elections would keep the
 * servers busy for longer than a term is valid. In the lane.
 */
final class Listing {
    /** Half of the operations that etcd allows in a transaction by default. */
    private static final int MOST = 64;

    private final Map<Transaction.Op, Consumer<Reply<Listed>>> waiting = new LinkedHashMap<>();
    private @Nullable Wire wire;
    private boolean asking;
    private int most = MOST;

    /**
     * One line as listed.
     *
     * @param revision the store's at that time
     */
    record Listed(List<Entry> entries, long revision) {}

    private record Asked(Transaction.Op what, Consumer<Reply<Listed>> then) {}

    /** Sends requests on {@code on} from now on. */
    void connected(Wire on) {
        wire = on;
        ask();
    }

    /** The connection is lost: the request under way fails, and the requests that wait are dropped, to be made again. */
    void disconnected() {
        wire = null;
        asking = false;
        waiting.clear();
    }

    /** Reads {@code what}; of two waiting requests for the same keys, only the later is answered. */
    void ask(Transaction.Op what, Consumer<Reply<Listed>> then) {
        waiting.put(what, then);
        ask();
    }

    private void ask() {
        Wire on = wire;
        if (on == null || asking || waiting.isEmpty()) {
            return;
        }
        List<Asked> batch = new ArrayList<>();
        Iterator<Map.Entry<Transaction.Op, Consumer<Reply<Listed>>>> next =
                waiting.entrySet().iterator();
        while (next.hasNext() && batch.size() < most) {
            Map.Entry<Transaction.Op, Consumer<Reply<Listed>>> each = next.next();
            batch.add(new Asked(each.getKey(), each.getValue()));
            next.remove();
        }
        asking = true;
        List<Transaction.Op> all = batch.stream().map(Asked::what).toList();
        on.transactNow(new Transaction(List.of(), all, all), reply -> {
            if (wire == on) {
                asking = false;
            }
            answered(batch, reply);
            ask();
        });
    }

    private void answered(List<Asked> batch, Reply<Transaction.Result> reply) {
        if (reply instanceof Reply.Done<Transaction.Result> done) {
            Transaction.Result result = done.value();
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i)
                        .then()
                        .accept(new Reply.Done<>(new Listed(result.found().get(i), result.revision())));
            }
        } else if (reply instanceof Reply.Failed<Transaction.Result> failed) {
            if (!failed.why().isUnknown()) {
                // The answer may be too large, or the transaction for these servers; and a denied election must not
                // fail the others.
                most = Math.max(1, Math.min(most, batch.size()) / 2);
            }
            batch.forEach(each -> each.then().accept(new Reply.Failed<>(failed.why())));
        }
    }
}
