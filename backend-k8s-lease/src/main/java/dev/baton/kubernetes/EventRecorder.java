package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * Records changes of leader as Events, as client-go does: {@code kubectl get events} shows "app-1 became leader".
 * Without the permission only the Events are missing.
 */
final class EventRecorder implements EventSink {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String COMPONENT = "baton";

    private final ApiServer server;
    private final Timekeeper time;
    private final Logger log;
    private final LockObject object;
    private final AtomicBoolean reported = new AtomicBoolean();

    EventRecorder(ApiServer server, BackendRuntime runtime, LockObject object) {
        this.server = server;
        this.time = runtime.timekeeper();
        this.log = runtime.logger(EventRecorder.class);
        this.object = object;
    }

    @Override
    public void accept(ElectionEvent event) {
        switch (event.type()) {
            case TERM_STARTED -> record(event, "became leader");
            case TERM_ENDED -> record(event, "stopped leading");
            default -> {
                // Not recorded in the cluster.
            }
        }
    }

    private void record(ElectionEvent event, String what) {
        ElectionName election = event.election();
        String at = event.at().wall().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode told = Json.object().put("apiVersion", "v1").put("kind", "Event");
        told.putObject("metadata")
                .put("namespace", election.namespace())
                // The server completes the name: two kinds of lock on one name record the same term at the same time.
                .put("generateName", election.name() + ".");
        told.putObject("involvedObject")
                .put("apiVersion", object.apiVersion())
                .put("kind", object.kind())
                .put("namespace", election.namespace())
                .put("name", election.name());
        told.put("type", "Normal")
                .put("reason", "LeaderElection")
                .put("message", event.identity() + " " + what)
                .put("count", 1)
                .put("firstTimestamp", at)
                .put("lastTimestamp", at);
        told.putObject("source").put("component", COMPONENT);
        Duration respite = server.respite(path(election), Response.LONGEST_WAIT);
        if (respite.isZero()) {
            send(election, told, event.identity() + " " + what);
        } else {
            time.schedule(respite, () -> send(election, told, event.identity() + " " + what));
        }
    }

    private static String path(ElectionName election) {
        return "/api/v1/namespaces/" + election.namespace() + "/events";
    }

    private void send(ElectionName election, ObjectNode told, String what) {
        server.send(path(election), "POST", path(election), told, PATIENCE).whenComplete((response, failure) -> {
            if (failure != null) {
                log.debug(
                        "the event \"{}\" was not recorded",
                        what,
                        server.secrets().hide(failure));
            } else if (response.code() == Response.FORBIDDEN
                    && response.isOfMissingPermission("create")
                    && !response.isToUnauthenticated()
                    && reported.compareAndSet(false, true)) {
                log.info(
                        "not permitted to record events in namespace \"{}\"; grant the verb \"create\" on \"events\" to"
                                + " see changes of leader in kubectl",
                        election.namespace());
            }
        });
    }
}
