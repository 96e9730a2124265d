package dev.baton.kubernetes;

import dev.baton.spi.Timekeeper;
import org.slf4j.Logger;

/** Makes the watches of one kind of lock object on one API server. */
record ListWatches(Logger log, ApiServer server, Timekeeper time, LockObject object) {

    /** A watch, not open yet, of all objects in {@code namespace} that carry Baton's {@linkplain Settings#LABEL label}. */
    ListWatch labelled(String namespace, ListWatch.Listener listener) {
        return of(namespace, "labelSelector=" + Settings.LABEL, listener);
    }

    /** A watch, not open yet, of the object called {@code name} in {@code namespace}. */
    ListWatch named(String namespace, String name, ListWatch.Listener listener) {
        return of(namespace, "fieldSelector=metadata.name%3D" + name, listener);
    }

    private ListWatch of(String namespace, String selector, ListWatch.Listener listener) {
        return new ListWatch(log, server, time, object.path(namespace), selector, listener);
    }
}
