package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.Register.Entry;
import dev.baton.register.Register.RegisterWatcher;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One election's lock object, and the watcher that it reports changes to. Changes come from the namespace's watch, or from a
 * watch of its own by name. Confined to the loop.
 */
final class WatchedObject implements ListWatch.Listener {

    /**
     * How long a missing object may stay missing, and up to as long again at random, before it gets a watch by name. Baton's
     * own objects carry the label, and a thousand candidates that start at once need time to create theirs.
     */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long after a failed read the next read follows, and up to as long again at random. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** How long the watch may take to deliver a revision that an answer had; a slower watch counts as dead. */
    private static final Duration ECHO = Duration.ofSeconds(2);

    private final ElectionName election;
    private final RegisterWatcher watcher;
    private final KubernetesRegister register;
    private final ListWatches lists;
    private final Consumer<String> warning;
    private final Timekeeper time;
    private @Nullable NamespaceWatch home;
    private @Nullable ListWatch own;
    private Timekeeper.@Nullable Timer next;
    private boolean unanswered;
    private Timekeeper.@Nullable Timer echo;
    private boolean live;
    private boolean looking;
    private long reported = -1;
    private long expected = -1;

    /** @param warning logs a message, if it was not logged before */
    WatchedObject(
            ElectionName election,
            RegisterWatcher watcher,
            KubernetesRegister register,
            ListWatches lists,
            Consumer<String> warning) {
        this.election = election;
        this.watcher = watcher;
        this.register = register;
        this.lists = lists;
        this.warning = warning;
        this.time = lists.time();
    }

    ElectionName election() {
        return election;
    }

    /** Belongs to {@code namespace} until that removes it. */
    void join(NamespaceWatch namespace) {
        home = namespace;
    }

    /** Reads the object, which the shared watch did not show at {@code version}; queues behind other requests. */
    void look(String version) {
        looking = true;
        register.runtime()
                .send(
                        BackendRuntime.Priority.ACQUIRE,
                        time.now().plus(register.patience(election)),
                        () -> register.read(election))
                .whenComplete((found, failure) -> time.execute(() -> {
                    looking = false;
                    if (!isGone()) {
                        looked(version, found == null ? null : found.orElse(null), found != null);
                    }
                }));
    }

    private void looked(String version, @Nullable Entry entry, boolean known) {
        boolean again = !known && !unanswered;
        unanswered = !known;
        if (again) {
            // Until then the shared watch does not make it live.
            looking = true;
            later(AGAIN, () -> look(version));
        } else if (!known) {
            // A watch by name lists the object until the list succeeds.
            followByName();
        } else if (entry == null) {
            gone(version);
            joinShared();
            // Another kind of client may create it without the label.
            later(GRACE, this::followByName);
        } else if (entry.raw() instanceof ObjectNode one) {
            report(one);
            if (Settings.isLabelled(one)) {
                joinShared();
            } else {
                followByName();
            }
        }
    }

    private void later(Duration wait, Runnable task) {
        if (next == null && own == null) {
            long jitter = time.random().nextLong(wait.toNanos());
            next = time.schedule(wait.plusNanos(jitter), () -> {
                next = null;
                if (!isGone()) {
                    task.run();
                }
            });
        }
    }

    /** From here on the shared watch delivers the changes, unless it has a watch of its own. */
    private void joinShared() {
        NamespaceWatch at = home;
        if (at != null && own == null) {
            live(at.isLive());
        }
    }

    /** Whether the shared watch delivers changes: of this object, too, unless a read is under way or it has its own watch. */
    void sharedLive(boolean now) {
        if (own == null && !(now && looking)) {
            live(now);
        }
    }

    void followByName() {
        if (own == null) {
            own = lists.named(election.namespace(), election.name(), this);
            own.open();
        }
    }

    private boolean isGone() {
        NamespaceWatch at = home;
        return at == null || at.find(election) != this;
    }

    /** Reports the object to the watcher. */
    void report(ObjectNode one) {
        cancelNext();
        try {
            Entry entry = register.entry(election, one);
            reported = Math.max(reported, entry.revision());
            watcher.changed(entry, entry.revision());
        } catch (BackendException e) {
            warning.accept(e.toString());
        }
    }

    @Override
    public void live(boolean now) {
        if (live != now) {
            live = now;
            watcher.live(now);
        }
    }

    /** The watch must deliver {@code revision} in time, or it is replaced. */
    void expect(long revision) {
        expected = Math.max(expected, revision);
        if (live && reported < expected && echo == null) {
            long awaited = expected;
            echo = time.schedule(ECHO, () -> {
                echo = null;
                if (live && reported < awaited && !isGone()) {
                    stalled();
                }
            });
        }
    }

    private void stalled() {
        ListWatch follows = own;
        NamespaceWatch at = home;
        if (follows != null) {
            follows.stalled();
        } else if (at != null) {
            at.stalled();
        }
    }

    /** Reports no more. */
    void end() {
        close();
        if (echo != null) {
            echo.cancel();
            echo = null;
        }
    }

    /** Ends its own watch, and the wait for one. */
    void close() {
        if (own != null) {
            own.close();
            own = null;
        }
        cancelNext();
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    // -- what its own watch delivers ----------------------------------------------------------------------------------

    @Override
    public void listed(List<ObjectNode> objects, String version) {
        if (objects.isEmpty()) {
            gone(version);
        }
        objects.forEach(this::changed);
    }

    @Override
    public void changed(ObjectNode one) {
        report(one);
        NamespaceWatch at = home;
        if (Settings.isLabelled(one) && at != null && at.isLive()) {
            close();
            live(true);
        }
    }

    @Override
    public void removed(ObjectNode one) {
        gone(Json.resourceVersion(one));
    }

    private void gone(String version) {
        try {
            long revision = register.revision(election, version);
            reported = Math.max(reported, revision);
            watcher.changed(null, revision);
        } catch (BackendException e) {
            warning.accept(e.toString());
        }
    }

    @Override
    public void forbidden(Response response) {
        live(false);
        String resource = lists.object().resource();
        warning.accept(
                "not permitted to watch " + resource + " in namespace \"" + election.namespace() + "\"; " + election
                        + " is polled instead, which makes hand-overs slower and costs requests; grant the verbs \"list\" and"
                        + " \"watch\" on \"" + resource + "\"");
    }
}
