package dev.baton.verify;

import dev.baton.spi.Printable;

/**
 * The place of an event in a log.
 *
 * @param file the name of the log, as given
 * @param line counted from one; 0 in a recording, which has no lines
 */
public record Origin(String file, long line) {

    /** Whether it is a flight recording, which may end before the process does. */
    public boolean isRecording() {
        return line == 0;
    }

    /** {@code ada.jsonl:12}, or the file alone. */
    @Override
    public String toString() {
        String shown = Printable.value(file);
        return line == 0 ? shown : shown + ":" + line;
    }
}
