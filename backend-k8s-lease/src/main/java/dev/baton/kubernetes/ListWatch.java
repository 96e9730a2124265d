package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.Printable;
import dev.baton.spi.Timekeeper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Lists the objects that a selector selects, then follows their changes, for as long as it is open. After a connection
 * ended it continues from the last version that it received, or from a new list when the server no longer has that
 * version. Confined to the loop.
 */
final class ListWatch {

    /** How long a request for a list, or for the beginning of a watch, may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * The shortest timeout that a watch asks for. Servers end watches by themselves; a random timeout keeps all watches
     * from ending at once.
     */
    private static final int SHORTEST_SECONDS = 300;

    /**
     * How long the change from one watch to the next may take before the watch counts as not live. No event is lost in
     * it.
     */
    private static final Duration CHANGEOVER = Duration.ofSeconds(1);

    private static final long FIRST_PAUSE = 50_000_000L;

    /**
     * Between attempts to reach a server that does not answer. By this one request a standby learns that the server is
     * back, and it puts no load on a server that is down.
     */
    private static final long LONGEST_UNANSWERED_PAUSE = 1_000_000_000L;

    /** Between attempts that the server refuses. */
    private static final long LONGEST_PAUSE = 10_000_000_000L;

    private static final Duration LONGEST_RESPITE = Duration.ofNanos(LONGEST_PAUSE);

    private final Logger log;
    private final ApiServer server;
    private final Timekeeper time;
    private final String path;
    private final String selector;
    /** The subject of the server's Retry-After. */
    private final String subject;

    private final Listener listener;
    private @Nullable LineStream stream;
    private Timekeeper.@Nullable Timer retry;
    private Timekeeper.@Nullable Timer silence;
    private String version = "";
    private boolean live;
    private boolean closed;
    private long pause = FIRST_PAUSE;

    /** Receives the selected objects and their changes, on the loop. */
    interface Listener {
        /** All selected objects, at {@code version}. */
        void listed(List<ObjectNode> objects, String version);

        /** {@code object} was added or changed. */
        void changed(ObjectNode object);

        /** {@code object} was deleted, or no longer matches the selector. */
        void removed(ObjectNode object);

        /** Whether the watch delivers changes. */
        void live(boolean live);

        /** The server does not permit the request. The watch tries again, less and less often. */
        void forbidden(Response response);
    }

    /**
     * A watch that is not open yet.
     *
     * @param path the path of all objects of a kind in a namespace
     * @param selector the selector as in a query, {@code fieldSelector=…} or {@code labelSelector=…}
     */
    ListWatch(Logger log, ApiServer server, Timekeeper time, String path, String selector, Listener listener) {
        this.log = log;
        this.server = server;
        this.time = time;
        this.path = path;
        this.selector = selector;
        this.subject = path + "?" + selector;
        this.listener = listener;
    }

    boolean isLive() {
        return live;
    }

    void open() {
        if (!respite().isZero()) {
            after(pause(), this::open);
            return;
        }
        server.send(subject, "GET", subject, null, PATIENCE)
                .whenComplete((response, failure) -> time.execute(() -> {
                    if (!closed) {
                        listed(response, failure);
                    }
                }));
    }

    private void listed(@Nullable Response response, @Nullable Throwable failure) {
        if (response == null) {
            unanswered(failure);
        } else if (response.code() == Response.FORBIDDEN) {
            listener.forbidden(response);
            after(pause(), this::open);
        } else if (response.code() != Response.OK || !isList(response.body())) {
            again(new IOException(response.code() + " " + response.message()));
        } else {
            List<ObjectNode> objects = new ArrayList<>();
            for (JsonNode item : response.body().path("items")) {
                if (item instanceof ObjectNode object) {
                    objects.add(object);
                }
            }
            version = Json.resourceVersion(response.body());
            listener.listed(objects, version);
            follow();
        }
    }

    /** Whether the response is a list of an API server's, and not a proxy's answer. */
    private static boolean isList(ObjectNode body) {
        return body.path("kind").asText().endsWith("List")
                && !Json.resourceVersion(body).isEmpty();
    }

    private void follow() {
        int seconds = SHORTEST_SECONDS + time.random().nextInt(SHORTEST_SECONDS);
        LineStream[] own = new LineStream[1];
        LineStream opened = server.stream(
                subject,
                path + "?watch=1&allowWatchBookmarks=true&" + selector + "&timeoutSeconds=" + seconds
                        + "&resourceVersion=" + version,
                PATIENCE,
                line -> time.execute(() -> {
                    if (stream == own[0]) {
                        heard(line);
                    }
                }));
        own[0] = opened;
        stream = opened;
        opened.begun()
                .whenComplete((code, failure) -> time.execute(() -> {
                    if (stream == opened) {
                        begun(code, failure);
                    }
                }));
        opened.ended()
                .whenComplete((nothing, failure) -> time.execute(() -> {
                    if (stream == opened) {
                        stream = null;
                        ended(failure);
                    }
                }));
    }

    private void begun(@Nullable Integer code, @Nullable Throwable failure) {
        if (code != null && code == Response.OK) {
            pause = FIRST_PAUSE;
            live(true);
            return;
        }
        drop();
        if (code != null && code == Response.GONE) {
            live(false);
            after(pause(), this::open);
        } else if (code != null && code == Response.FORBIDDEN) {
            live(false);
            listener.forbidden(new Response(code, Json.object(), Duration.ZERO));
            after(pause(), this::open);
        } else if (code == null) {
            unanswered(failure);
        } else {
            again(new IOException("the watch was answered with " + code));
        }
    }

    private void heard(byte[] line) {
        ObjectNode event;
        try {
            event = Json.parse(line);
        } catch (IOException e) {
            drop();
            again(e);
            return;
        }
        String type = event.path("type").asText();
        if (!(event.get("object") instanceof ObjectNode object)) {
            return;
        }
        if (type.equals("ERROR")) {
            drop();
            live(false);
            log.debug("{} watch of {} ended: {}", selector, path, Printable.text(object.toString()));
            // Whether or not the version is gone: a new list has the current state.
            after(pause(), this::open);
            return;
        }
        version = Json.resourceVersion(object);
        switch (type) {
            case "ADDED", "MODIFIED" -> listener.changed(object);
            case "DELETED" -> listener.removed(object);
            default -> {
                // A bookmark: no change up to its version.
            }
        }
    }

    /** The server ends each watch after its timeout; the next watch delivers what happened in between. */
    private void ended(@Nullable Throwable failure) {
        if (failure == null) {
            silence = time.schedule(CHANGEOVER, () -> live(false));
            after(pause(), this::follow);
        } else {
            unanswered(failure);
        }
    }

    /** The watch has not delivered a change that has happened: its connection is dead. */
    void stalled() {
        LineStream dead = stream;
        if (dead != null) {
            log.warn("the watch of {} did not deliver a change; opening another watch", path);
            server.suspect(dead);
            drop();
            live(false);
            after(pause(), this::open);
        }
    }

    /** The server cannot be reached, or ended the connection. */
    private void unanswered(@Nullable Throwable failure) {
        pause = Math.min(LONGEST_UNANSWERED_PAUSE, pause);
        again(failure);
    }

    private void again(@Nullable Throwable failure) {
        log.debug(
                "watching {} failed; trying again",
                path,
                failure == null ? null : server.secrets().hide(failure));
        live(false);
        // With a known version the next watch continues from it; a server that no longer has it answers 410.
        after(pause(), version.isEmpty() ? this::open : this::follow);
    }

    /** How long to wait before the next request: longer each time, and at least as long as a Retry-After. */
    private long pause() {
        long now = pause / 2 + time.random().nextLong(pause);
        pause = Math.min(LONGEST_PAUSE, pause * 2);
        return now + respite().toNanos();
    }

    /** What is left of a Retry-After, up to a limit: standbys poll for as long as no watch is live. */
    private Duration respite() {
        return server.respite(subject, LONGEST_RESPITE);
    }

    private void after(long nanos, Runnable next) {
        if (retry != null) {
            retry.cancel();
        }
        retry = time.schedule(Duration.ofNanos(nanos), () -> {
            retry = null;
            if (!closed) {
                next.run();
            }
        });
    }

    private void drop() {
        LineStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    private void live(boolean now) {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
        if (live != now) {
            live = now;
            listener.live(now);
        }
    }

    void close() {
        closed = true;
        if (silence != null) {
            silence.cancel();
        }
        if (retry != null) {
            retry.cancel();
        }
        drop();
    }
}
