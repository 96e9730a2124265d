package dev.baton.event;

import dev.baton.internal.Required;
import java.io.Flushable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the events of elections, in order, on a thread that the sinks of a backend instance share. A sink that is
 * slow, blocks or throws delays no election. When the queue of events is full, new ones are lost to every sink of the
 * instance, counted and logged.
 */
@FunctionalInterface
public interface EventSink {

    /** The name of the logger of {@link #log()}. */
    String LOGGER = "dev.baton.election";

    /** Takes one event. */
    void accept(ElectionEvent event);

    /** This sink, then {@code next}, whether or not this one throws. */
    default EventSink and(EventSink next) {
        Required.given("next", next);
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
        return log(LoggerFactory.getLogger(LOGGER));
    }

    /** As {@link #log()}, on another logger. */
    static EventSink log(Logger log) {
        Required.given("log", log);
        return event -> {
            switch (event.type()) {
                case RENEWED -> log.trace("{}", event);
                case WORK_STARTED, WORK_RETURNED, WORK_STOPPED, WATCHING, CLAIM_WITHDRAWN -> log.debug("{}", event);
                case UNREACHABLE, TOKEN_REFUSED, POLLING -> log.warn("{}", event);
                case TERM_ENDED -> {
                    if (event.reason() != null && event.reason().isUnwanted()) {
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
     * One line of JSON an event, in one append; flushed, if {@code out} can be.
     *
     * @throws UncheckedIOException when {@code out} fails
     */
    static EventSink jsonLines(Appendable out) {
        Required.given("out", out);
        return event -> {
            try {
                out.append(event.toJson() + "\n");
                if (out instanceof Flushable flushable) {
                    flushable.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("writing an election event failed", e);
            }
        };
    }

    /**
     * One line of JSON an event at the end of {@code file}, which is made when it is missing, in UTF-8. The file is opened for
     * each event, so a program that rotates logs may move or truncate it at any time. An event that cannot be written is lost,
     * counted and logged.
     *
     * @throws IllegalArgumentException if {@code file} is a folder, or is in none
     * @throws UncheckedIOException from the sink, when the file cannot be written
     */
    static EventSink jsonLines(Path file) {
        Path folder = Required.given("file", file).toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    "file " + file
                            + " must be a file in a folder that exists, to take an event a line; create the folder, or name another");
        }
        return event -> {
            try {
                Files.writeString(file, event.toJson() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("writing an election event to " + file + " failed", e);
            }
        };
    }
}
