package dev.baton.testing.servers;

import java.util.ArrayList;
import java.util.List;

/** Signals to processes. The shell sends them: its {@code kill} is built in, and another program of that name may be missing. */
public final class Signals {
    private Signals() {}

    /**
     * Sends a signal and returns when it is sent.
     *
     * @param signal its name, as {@code STOP}
     * @throws IllegalStateException if one of {@code processes} is not there
     */
    public static void send(String signal, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill \"$@\"", "sh", "-" + signal));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        Command.run(command);
    }
}
