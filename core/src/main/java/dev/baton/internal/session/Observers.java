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

/** Who listens to which election of a session, and the telling of it. Confined to the {@link InlineSerialExecutor}. */
public final class Observers {

    private final Map<ElectionName, Set<ElectionWatcher>> watchers = new HashMap<>();

    private final Logger log;

    /** Nobody listens yet; {@code log} is the runtime's, so that no line holds anybody up. */
    public Observers(Logger log) {
        this.log = log;
    }

    /** Begins to tell {@code watcher}. */
    public void add(ElectionName election, ElectionWatcher watcher) {
        watchers.computeIfAbsent(election, name -> new LinkedHashSet<>()).add(watcher);
    }

    /** Tells {@code watcher} no more. */
    public void remove(ElectionName election, ElectionWatcher watcher) {
        Set<ElectionWatcher> left = watchers.get(election);
        if (left != null && left.remove(watcher) && left.isEmpty()) {
            watchers.remove(election);
        }
    }

    /** Whether nobody listens. */
    public boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** Whether somebody listens to {@code election}. */
    public boolean has(ElectionName election) {
        return watchers.containsKey(election);
    }

    /** Tells everybody who listens to {@code election} the same {@code news}, which is one call of its watcher. */
    public void tell(ElectionName election, Consumer<ElectionWatcher> news) {
        // A copy: hearing the news may add or remove watchers.
        for (ElectionWatcher watcher : List.copyOf(watchers.getOrDefault(election, Set.of()))) {
            try {
                news.accept(watcher);
            } catch (Throwable e) {
                log.error("the watcher of {} threw", election, Printable.failure(e));
            }
        }
    }
}
