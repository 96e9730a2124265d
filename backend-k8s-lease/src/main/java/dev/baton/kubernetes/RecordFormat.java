package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.register.LeaderRecord;
import org.jspecify.annotations.Nullable;

/** How a record is kept in an object of the API server. */
interface RecordFormat {
    RecordFormat SPEC = new LeaseFormat();
    RecordFormat ANNOTATION = new AnnotationFormat();

    /** The record in {@code object}; a free one where there is none. Never fails: what cannot be read is somebody's. */
    LeaderRecord read(ObjectNode object);

    /** What is odd about the record in {@code object}, as the rest of a sentence about it; null when nothing is. */
    @Nullable String oddity(ObjectNode object);

    /** Puts {@code record} into {@code object}, and leaves alone whatever else is there. */
    void write(ObjectNode object, LeaderRecord record);
}
