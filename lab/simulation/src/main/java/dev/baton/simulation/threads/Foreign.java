package dev.baton.simulation.threads;

/** What surrounds the threads of a process and is not of Baton's making: the log's appender, memory, the system's threads. */
public interface Foreign {
    /** Takes everything, lacks nothing. */
    Foreign HARMLESS = new Foreign() {};

    /** Takes a log line, and may do anything instead. */
    default void log(String line) {}

    /** Whether there is no memory for this allocation. */
    default boolean lacksMemory() {
        return false;
    }

    /** Whether no thread can be had now. */
    default boolean lacksThreads() {
        return false;
    }
}
