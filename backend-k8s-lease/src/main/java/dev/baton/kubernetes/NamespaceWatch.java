package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All watched objects of one namespace, and the watch that they share. Confined to the loop. */
final class NamespaceWatch implements ListWatch.Listener {
    private final String name;
    private final ListWatches lists;
    private final ListWatch shared;
    private final Map<String, WatchedObject> subjects = new HashMap<>();
    private boolean forbidden;
    private boolean listed;

    /** Opens the shared watch. */
    NamespaceWatch(String name, ListWatches lists) {
        this.name = name;
        this.lists = lists;
        this.shared = lists.labelled(name, this);
        shared.open();
    }

    void add(WatchedObject subject) {
        subject.join(this);
        subjects.put(subject.election().name(), subject);
        if (forbidden) {
            subject.followByName();
        } else if (listed) {
            subject.look("0");
        }
    }

    /** Ends {@code subject}, and with the last one the shared watch. Whether none is left. */
    boolean remove(WatchedObject subject) {
        if (subjects.remove(subject.election().name(), subject)) {
            subject.end();
        }
        if (!subjects.isEmpty()) {
            return false;
        }
        shared.close();
        return true;
    }

    @Nullable WatchedObject find(ElectionName election) {
        return subjects.get(election.name());
    }

    /** Whether the shared watch delivers changes. */
    boolean isLive() {
        return shared.isLive();
    }

    /** The shared watch did not deliver a change that has happened. */
    void stalled() {
        shared.stalled();
    }

    @Override
    public void listed(List<ObjectNode> objects, String version) {
        listed = true;
        if (forbidden) {
            forbidden = false;
            subjects.values().forEach(WatchedObject::close);
        }
        Map<String, ObjectNode> found = new HashMap<>();
        objects.forEach(one -> found.put(Json.name(one), one));
        for (WatchedObject subject : List.copyOf(subjects.values())) {
            ObjectNode one = found.get(subject.election().name());
            if (one != null) {
                subject.report(one);
            } else {
                subject.look(version);
            }
        }
    }

    @Override
    public void changed(ObjectNode changed) {
        WatchedObject subject = subjects.get(Json.name(changed));
        if (subject != null) {
            subject.close();
            subject.report(changed);
            subject.live(true);
        }
    }

    /** The object was deleted, or its label was. */
    @Override
    public void removed(ObjectNode removed) {
        WatchedObject subject = subjects.get(Json.name(removed));
        if (subject != null) {
            subject.look(Json.resourceVersion(removed));
        }
    }

    @Override
    public void live(boolean live) {
        List.copyOf(subjects.values()).forEach(subject -> subject.sharedLive(live));
    }

    @Override
    public void forbidden(Response response) {
        if (!forbidden) {
            forbidden = true;
            lists.log()
                    .info(
                            "not permitted to list and watch {} in namespace \"{}\"; watching each by its name",
                            lists.object().resource(),
                            name);
            List.copyOf(subjects.values()).forEach(WatchedObject::followByName);
        }
    }
}
