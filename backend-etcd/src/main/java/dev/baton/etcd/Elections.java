package dev.baton.etcd;

import dev.baton.etcd.internal.Change;
import dev.baton.spi.ElectionName;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The elections that share one session, each with its queue while a claim or an observer needs it. In the lane. */
final class Elections {
    private final Session session;
    private final String prefix;
    private final Map<ElectionName, ElectionQueue> queues = new HashMap<>();
    private final Map<String, ElectionQueue> byPrefix = new HashMap<>();

    /** @param prefix the key below which all elections have their keys */
    Elections(Session session, String prefix) {
        this.session = session;
        this.prefix = prefix;
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }

    /** The election's queue, made if there is none. */
    ElectionQueue queue(ElectionName election) {
        ElectionQueue queue =
                queues.computeIfAbsent(election, name -> new ElectionQueue(session, name, prefix + name + "/"));
        byPrefix.put(queue.prefix, queue);
        return queue;
    }

    @Nullable ElectionQueue find(ElectionName election) {
        return queues.get(election);
    }

    /** Drops the queue unless a claim or an observer still needs it. */
    void forget(ElectionQueue queue) {
        if (!queue.isNeeded()) {
            queues.remove(queue.election, queue);
            byPrefix.remove(queue.prefix, queue);
        }
    }

    /** Does {@code action} for each queue there is now. */
    void forEach(Consumer<ElectionQueue> action) {
        List.copyOf(queues.values()).forEach(action);
    }

    /** Hands each change to the election it belongs to; then each of these elections acts on its changes together. */
    void changed(List<Change> changes) {
        Set<ElectionQueue> affected = new LinkedHashSet<>();
        for (Change change : changes) {
            ElectionQueue queue = queueOf(change.key());
            if (queue != null) {
                queue.changed(change);
                affected.add(queue);
            }
        }
        affected.forEach(ElectionQueue::settle);
    }

    /** The election below whose name {@code key} is: two parts of the path, whatever follows. */
    private @Nullable ElectionQueue queueOf(String key) {
        int first = key.indexOf('/', prefix.length());
        int second = first < 0 ? -1 : key.indexOf('/', first + 1);
        return second < 0 ? null : byPrefix.get(key.substring(0, second + 1));
    }
}
