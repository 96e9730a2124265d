package dev.baton.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A shell that cleans up if the demo is killed without time to do so. Its standard input ends with the demo; unless it
 * was dismissed before, it kills the candidates, stopped ones too, and servers, and deletes the directory.
 */
final class Guardian implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SCRIPT = """
            trap '' INT HUP TERM
            pids=
            while read -r word pid; do
                case $word in
                    watch) pids="$pids $pid" ;;
                    dismissed) exit 0 ;;
                esac
            done
            for pid in $pids; do
                # Not a process that came by the same number since.
                if [ ! -r /proc/self/cmdline ] || grep -q -a -F -- "$1" "/proc/$pid/cmdline" 2>/dev/null; then
                    kill -KILL "$pid" 2>/dev/null
                fi
            done
            # What a killed process was about to write may come after its removal.
            for again in 1 2 3 4 5; do
                rm -rf -- "$1" && [ ! -e "$1" ] && exit 0
                sleep 1
            done
            """;

    private final Process shell;
    private final PrintWriter words;
    private final List<Process> watched = new ArrayList<>();
    private boolean over;

    private Guardian(Process shell) {
        this.shell = shell;
        this.words = new PrintWriter(shell.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static Guardian of(Path directory) throws IOException {
        return new Guardian(new ProcessBuilder("sh", "-c", SCRIPT, "baton-demo-guardian", directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Watches {@code process}, whose command line must name the directory; kills it at once if the demo is over. */
    synchronized void watch(Process process) {
        if (over) {
            process.destroyForcibly();
            return;
        }
        watched.add(process);
        words.println("watch " + process.pid());
    }

    /**
     * Kills all watched processes, and those that it is given from now on: no other code would kill a process that was
     * starting as the demo ended.
     */
    synchronized void endAll() {
        over = true;
        watched.forEach(Process::destroyForcibly);
        watched.forEach(process -> process.onExit()
                .completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join());
    }

    /** Dismisses the guardian after the demo's own clean-up. */
    @Override
    public void close() {
        words.println("dismissed");
        words.close();
        shell.onExit()
                .completeOnTimeout(shell, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
