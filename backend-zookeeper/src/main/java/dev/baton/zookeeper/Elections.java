package dev.baton.zookeeper;

import dev.baton.spi.ElectionName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The elections that share one session, each with its queue while a claim or an observer needs it. In the lane. */
final class Elections {
    private final Session session;
    private final Map<ElectionName, ElectionQueue> queues = new HashMap<>();

    Elections(Session session) {
        this.session = session;
    }

    /** The election's queue, made if there is none. */
    ElectionQueue queue(ElectionName election) {
        return queues.computeIfAbsent(
                election, name -> new ElectionQueue(session, name, session.path(name.toString())));
    }

    @Nullable ElectionQueue find(ElectionName election) {
        return queues.get(election);
    }

    /** Drops the queue unless a claim or an observer still needs it. */
    void forget(ElectionQueue queue) {
        if (!queue.isNeeded()) {
            queues.remove(queue.election, queue);
        }
    }

    /** Does {@code action} for each queue there is now. */
    void forEach(Consumer<ElectionQueue> action) {
        List.copyOf(queues.values()).forEach(action);
    }
}
