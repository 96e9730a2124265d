package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import org.jspecify.annotations.Nullable;

/** How a record is kept in an object of the API server. */
interface RecordFormat {
    RecordFormat SPEC = new LeaseFormat();
    RecordFormat ANNOTATION = new AnnotationFormat();

    /**
     * The record in {@code object}; a free record when it has none. Never fails: a record that cannot be read counts as
     * held.
     */
    LeaderRecord read(ObjectNode object);

    /** What is odd about the record in {@code object}, as the predicate of a sentence; null when nothing is odd. */
    @Nullable String oddity(ObjectNode object);

    /** Puts {@code record} into {@code object}, and keeps its other fields. */
    void write(ObjectNode object, LeaderRecord record);
}
