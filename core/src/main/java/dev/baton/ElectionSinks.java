package dev.baton;

import dev.baton.event.EventSink;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.LockBackend;
import org.jspecify.annotations.Nullable;

/** Where the events of an election go. */
final class ElectionSinks {
    private ElectionSinks() {}

    /**
     * The log, the flight recorder, a backend that is an event sink itself, and the user's sink.
     *
     * @param user the user's sink, or null
     */
    static EventSink of(LockBackend backend, @Nullable EventSink user) {
        BackendRuntime runtime = backend.runtime();
        EventSink recorder = EventSink.flightRecorder();
        EventSink store = backend instanceof EventSink known ? recorder.and(known) : recorder;
        EventSink others = user == null ? store : store.and(user);
        // Log lines have a thread of their own: a sink that blocks does not delay them.
        return EventSink.log(runtime.logger(EventSink.LOGGER)).and(event -> runtime.tell(() -> others.accept(event)));
    }
}
