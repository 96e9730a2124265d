package dev.baton.internal.session;

import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Printable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** The watchers of each election of a session. Confined to the {@link InlineSerialExecutor}. */
public final class Observers {

    private final Map<ElectionName, Set<ElectionWatcher>> watchers = new HashMap<>();

    private final Logger log;

    /** No watcher yet; {@code log} is the runtime's, so that no line blocks. */
    public Observers(Logger log) {
        this.log = log;
    }

    /** Adds {@code watcher}. */
    public void add(ElectionName election, ElectionWatcher watcher) {
        watchers.computeIfAbsent(election, name -> new LinkedHashSet<>()).add(watcher);
    }

    /** Removes {@code watcher}. */
    public void remove(ElectionName election, ElectionWatcher watcher) {
        Set<ElectionWatcher> left = watchers.get(election);
        if (left != null && left.remove(watcher) && left.isEmpty()) {
            watchers.remove(election);
        }
    }

    /** Whether there is no watcher. */
    public boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** Whether {@code election} has a watcher. */
    public boolean has(ElectionName election) {
        return watchers.containsKey(election);
    }

    /** Hands {@code news}, one call of a watcher, to each watcher of {@code election}. */
    public void tell(ElectionName election, Consumer<ElectionWatcher> news) {
        // A copy: a watcher may add or remove watchers.
        for (ElectionWatcher watcher : List.copyOf(watchers.getOrDefault(election, Set.of()))) {
            try {
                news.accept(watcher);
            } catch (Throwable e) {
                log.error("the watcher of {} threw", election, Printable.failure(e));
            }
        }
    }
}
