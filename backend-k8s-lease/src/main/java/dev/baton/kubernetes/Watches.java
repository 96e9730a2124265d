package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.Register.Entry;
import dev.baton.register.Register.RegisterWatcher;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend.Observation;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What is heard of the objects that this process has an interest in. Confined to the loop.
 *
 * <p>One watch a namespace follows all objects that carry our {@linkplain Settings#LABEL label}. An object without it,
 * made by another kind of client, is followed by a watch of its own name; so is each object where the namespace's watch
 * is not permitted.
 */
final class Watches {

    /**
     * How long a missing object may stay missing, and as long again at random, before a watch of its own waits for it: ours
     * come with the label, and a thousand that begin at once take their time.
     */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long after an answer that was not had it is asked again, and as long again at random. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** How long after an answer that told of a revision the watch may tell of it; then it is taken for dead. */
    private static final Duration ECHO = Duration.ofSeconds(2);

    private final KubernetesRegister register;
    private final LockObject object;
    private final ApiServer server;
    private final Timekeeper time;
    private final Logger log;
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Set<String> reported = new HashSet<>();

    Watches(KubernetesRegister register, LockObject object, ApiServer server, BackendRuntime runtime) {
        this.register = register;
        this.object = object;
        this.server = server;
        this.time = runtime.timekeeper();
        this.log = runtime.logger(Watches.class);
    }

    /** Begins to report. Any thread. */
    Observation watch(ElectionName election, RegisterWatcher watcher) {
        Subject subject = new Subject(election, watcher);
        time.execute(() ->
                namespaces.computeIfAbsent(election.namespace(), Namespace::new).add(subject));
        return () -> time.execute(() -> {
            Namespace namespace = namespaces.get(election.namespace());
            if (namespace != null) {
                namespace.remove(subject);
            }
        });
    }

    /** An answer has told of {@code revision}: the watch is to tell of it too. Any thread. */
    void known(ElectionName election, long revision) {
        time.execute(() -> {
            Namespace namespace = namespaces.get(election.namespace());
            Subject subject = namespace == null ? null : namespace.subjects.get(election.name());
            if (subject != null) {
                subject.expect(revision);
            }
        });
    }

    private void reportOnce(String what) {
        if (reported.add(what)) {
            log.warn("{}", what);
        }
    }

    /** All subjects of one namespace, and the watch that they share. */
    private final class Namespace implements ListWatch.Listener {
        private final String name;
        private final Map<String, Subject> subjects = new HashMap<>();
        private final ListWatch shared;
        private boolean forbidden;
        private boolean listed;

        Namespace(String name) {
            this.name = name;
            shared = new ListWatch(log, server, time, object.path(name), "labelSelector=" + Settings.LABEL, this);
            shared.open();
        }

        void add(Subject subject) {
            subject.home = this;
            subjects.put(subject.election.name(), subject);
            if (forbidden) {
                subject.followByName();
            } else if (listed) {
                subject.look("0");
            }
        }

        void remove(Subject subject) {
            if (subjects.remove(subject.election.name(), subject)) {
                subject.end();
            }
            if (subjects.isEmpty()) {
                shared.close();
                namespaces.remove(name, this);
            }
        }

        @Override
        public void listed(List<ObjectNode> objects, String version) {
            listed = true;
            if (forbidden) {
                forbidden = false;
                subjects.values().forEach(Subject::close);
            }
            Map<String, ObjectNode> found = new HashMap<>();
            objects.forEach(one -> found.put(Json.name(one), one));
            for (Subject subject : List.copyOf(subjects.values())) {
                ObjectNode one = found.get(subject.election.name());
                if (one != null) {
                    subject.hear(one);
                } else {
                    subject.look(version);
                }
            }
        }

        @Override
        public void changed(ObjectNode changed) {
            Subject subject = subjects.get(Json.name(changed));
            if (subject != null) {
                subject.close();
                subject.hear(changed);
                subject.live(true);
            }
        }

        /** Deleted, or its label was. */
        @Override
        public void removed(ObjectNode removed) {
            Subject subject = subjects.get(Json.name(removed));
            if (subject != null) {
                subject.look(Json.resourceVersion(removed));
            }
        }

        @Override
        public void live(boolean live) {
            for (Subject subject : List.copyOf(subjects.values())) {
                if (subject.own == null && !(live && subject.looking)) {
                    subject.live(live);
                }
            }
        }

        @Override
        public void forbidden(Response response) {
            if (!forbidden) {
                forbidden = true;
                log.info(
                        "not permitted to list and watch {} in namespace \"{}\"; watching each by its name",
                        object.resource(),
                        name);
                List.copyOf(subjects.values()).forEach(Subject::followByName);
            }
        }
    }

    /** One object, and who wants to hear of it. */
    private final class Subject implements ListWatch.Listener {
        private final ElectionName election;
        private final RegisterWatcher watcher;
        private @Nullable Namespace home;
        private @Nullable ListWatch own;
        private Timekeeper.@Nullable Timer next;
        private boolean unanswered;
        private Timekeeper.@Nullable Timer echo;
        private boolean live;
        private boolean looking;
        private long heard = -1;
        private long expected = -1;

        Subject(ElectionName election, RegisterWatcher watcher) {
            this.election = election;
            this.watcher = watcher;
        }

        /** Asks how things stand, where the shared watch, at {@code version}, does not say; in turn with other requests. */
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
                // Until then the shared watch does not speak for it.
                looking = true;
                later(AGAIN, () -> look(version));
            } else if (!known) {
                // By its own name it is listed until it is known.
                followByName();
            } else if (entry == null) {
                gone(version);
                shared();
                // Another kind of client may make it, without our label.
                later(GRACE, this::followByName);
            } else if (entry.raw() instanceof ObjectNode one) {
                hear(one);
                if (Settings.isLabelled(one)) {
                    shared();
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

        private void shared() {
            Namespace at = home;
            if (at != null && own == null) {
                live(at.shared.isLive());
            }
        }

        void followByName() {
            if (own == null) {
                own = new ListWatch(
                        log,
                        server,
                        time,
                        object.path(election.namespace()),
                        "fieldSelector=metadata.name%3D" + election.name(),
                        this);
                own.open();
            }
        }

        private boolean isGone() {
            Namespace at = home;
            return at == null || at.subjects.get(election.name()) != this;
        }

        void hear(ObjectNode one) {
            if (next != null) {
                next.cancel();
                next = null;
            }
            try {
                Entry entry = register.entry(election, one);
                heard = Math.max(heard, entry.revision());
                watcher.changed(entry, entry.revision());
            } catch (BackendException e) {
                reportOnce(e.toString());
            }
        }

        @Override
        public void live(boolean now) {
            if (live != now) {
                live = now;
                watcher.live(now);
            }
        }

        void expect(long revision) {
            expected = Math.max(expected, revision);
            if (live && heard < expected && echo == null) {
                long awaited = expected;
                echo = time.schedule(ECHO, () -> {
                    echo = null;
                    if (live && heard < awaited && !isGone()) {
                        stalled();
                    }
                });
            }
        }

        private void stalled() {
            ListWatch follows = own;
            Namespace at = home;
            if (follows != null) {
                follows.stalled();
            } else if (at != null) {
                at.shared.stalled();
            }
        }

        /** Nobody wants to hear of it any more. */
        void end() {
            close();
            if (echo != null) {
                echo.cancel();
                echo = null;
            }
        }

        /** Ends the watch of its own. */
        void close() {
            if (own != null) {
                own.close();
                own = null;
            }
            if (next != null) {
                next.cancel();
                next = null;
            }
        }

        // -- what its own watch tells -----------------------------------------------------------------------------

        @Override
        public void listed(List<ObjectNode> objects, String version) {
            if (objects.isEmpty()) {
                gone(version);
            }
            objects.forEach(this::changed);
        }

        @Override
        public void changed(ObjectNode one) {
            hear(one);
            Namespace at = home;
            if (Settings.isLabelled(one) && at != null && at.shared.isLive()) {
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
                heard = Math.max(heard, revision);
                watcher.changed(null, revision);
            } catch (BackendException e) {
                reportOnce(e.toString());
            }
        }

        @Override
        public void forbidden(Response response) {
            live(false);
            reportOnce("not permitted to watch " + object.resource() + " in namespace \"" + election.namespace()
                    + "\"; " + election + " is polled instead, which makes hand-overs slower and costs requests; grant"
                    + " the verbs \"list\" and \"watch\" on \"" + object.resource() + "\"");
        }
    }
}
