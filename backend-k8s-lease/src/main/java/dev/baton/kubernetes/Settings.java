package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.ElectionName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a backend.
 *
 * @param object the kind of object that carries the record
 * @param labels the labels of objects that the backend creates, beside Baton's own
 * @param owner the owner with which Kubernetes deletes these objects, or null
 */
record Settings(
        LockObject object,
        Map<String, String> labels,
        @Nullable Owner owner) {
    /** The label of every object that Baton creates, so that one watch selects them all. */
    static final String LABEL = "baton.dev/election";

    Settings {
        labels = Map.copyOf(labels);
    }

    static boolean isLabelled(ObjectNode object) {
        return object.path("metadata").path("labels").has(LABEL);
    }

    /** An object without a record. */
    ObjectNode newObject(ElectionName election) {
        ObjectNode made = Json.object().put("apiVersion", object.apiVersion()).put("kind", object.kind());
        ObjectNode metadata =
                made.putObject("metadata").put("name", election.name()).put("namespace", election.namespace());
        ObjectNode all = metadata.putObject("labels");
        labels.forEach(all::put);
        all.put(LABEL, "true");
        Owner by = owner;
        if (by != null) {
            ArrayNode owners = metadata.putArray("ownerReferences");
            owners.addObject()
                    .put("apiVersion", by.apiVersion())
                    .put("kind", by.kind())
                    .put("name", by.name())
                    .put("uid", by.uid());
        }
        return made;
    }

    /** An object of the same namespace, for example a Deployment: Kubernetes deletes Baton's objects with it. */
    record Owner(String apiVersion, String kind, String name, String uid) {}
}
