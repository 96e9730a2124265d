package dev.baton.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears the events of elections, in order, on the loop thread: must be quick, must not block, must not throw. */
@FunctionalInterface
public interface EventSink {

    /** Takes one event. */
    void accept(ElectionEvent event);

    /** This sink, then {@code next}, whether or not this one throws. */
    default EventSink and(EventSink next) {
        return event -> {
            try {
                accept(event);
            } finally {
                next.accept(event);
            }
        };
    }

    /** One log line per transition on the logger {@code dev.baton.election}; renewals at trace level. */
    static EventSink log() {
        Logger log = LoggerFactory.getLogger("dev.baton.election");
        return event -> {
            switch (event.type()) {
                case RENEWED -> log.trace("{}", event);
                case WORK_STARTED, WORK_RETURNED, WORK_STOPPED, WATCHING, CLAIM_WITHDRAWN -> log.debug("{}", event);
                case UNREACHABLE, TOKEN_REFUSED, POLLING -> log.warn("{}", event);
                case TERM_ENDED -> {
                    if (event.reason() != null && !event.reason().isOrderly()) {
                        log.warn("{}", event);
                    } else {
                        log.info("{}", event);
                    }
                }
                default -> log.info("{}", event);
            }
        };
    }

    /** {@code dev.baton.Election} events of JDK Flight Recorder; nothing where the JVM has none. */
    static EventSink flightRecorder() {
        return ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? FlightRecord::commit : event -> {};
    }

    /**
     * One line of JSON an event, in one append, flushed by nobody but {@code out} itself.
     *
     * @throws UncheckedIOException when {@code out} fails
     */
    static EventSink jsonLines(Appendable out) {
        return event -> {
            try {
                out.append(event.toJson() + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException("writing an election event failed", e);
            }
        };
    }
}
