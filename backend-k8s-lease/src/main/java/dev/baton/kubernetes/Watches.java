package dev.baton.kubernetes;

import dev.baton.register.Register.RegisterWatcher;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.LockBackend.Observation;
import dev.baton.spi.Timekeeper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Watches the lock objects of this process's elections. Confined to the loop.
 *
 * <p>One watch a namespace follows all objects that carry Baton's {@linkplain Settings#LABEL label}. An object without the
 * label, made by another kind of client, gets a watch by its name; so does each object where the API server does not permit
 * the namespace's watch.
 */
final class Watches {
    private final KubernetesRegister register;
    private final Timekeeper time;
    private final Logger log;
    private final ListWatches lists;
    private final Map<String, NamespaceWatch> namespaces = new HashMap<>();
    private final Set<String> reported = new HashSet<>();

    Watches(KubernetesRegister register, LockObject object, ApiServer server, BackendRuntime runtime) {
        this.register = register;
        this.time = runtime.timekeeper();
        this.log = runtime.logger(Watches.class);
        this.lists = new ListWatches(log, server, time, object);
    }

    /** Begins to report. Any thread. */
    Observation watch(ElectionName election, RegisterWatcher watcher) {
        WatchedObject subject = new WatchedObject(election, watcher, register, lists, this::reportOnce);
        time.execute(() -> namespaces
                .computeIfAbsent(election.namespace(), name -> new NamespaceWatch(name, lists))
                .add(subject));
        return () -> time.execute(() -> remove(subject));
    }

    private void remove(WatchedObject subject) {
        String name = subject.election().namespace();
        NamespaceWatch namespace = namespaces.get(name);
        if (namespace != null && namespace.remove(subject)) {
            namespaces.remove(name);
        }
    }

    /** An answer to a request had {@code revision}, so the watch must deliver it too. Any thread. */
    void known(ElectionName election, long revision) {
        time.execute(() -> {
            NamespaceWatch namespace = namespaces.get(election.namespace());
            WatchedObject subject = namespace == null ? null : namespace.find(election);
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
}
