package dev.baton.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The demo's control of one candidate process: its output, commands and signals. */
final class Actor {
    private final String name;
    private final Process process;
    private final Consumer<Fact> journal;
    private final PrintWriter commands;
    private volatile boolean mayEnd;

    Actor(String name, Process process, Consumer<Fact> journal) {
        this.name = name;
        this.process = process;
        this.journal = journal;
        this.commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::listen, "demo-listens-to-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code step-down} or {@code exit}. */
    void tell(String command) {
        mayEnd |= command.equals("exit");
        commands.println(command);
    }

    /**
     * {@code kill -9}. {@code token} is that of its term. The fact is recorded after the signal: no request of the
     * process is later.
     */
    Fact kill(String token) throws IOException, InterruptedException {
        mayEnd = true;
        signal("KILL");
        return tell("signal-kill", token);
    }

    /**
     * {@code kill -STOP}. The fact is recorded after the signal: until it is continued, no request of the process is
     * later.
     */
    Fact stop(String token) throws IOException, InterruptedException {
        signal("STOP");
        return tell("signal-stop", token);
    }

    /** {@code kill -CONT}. The fact is recorded before the signal: no later action of the process is earlier. */
    void carryOn() throws IOException, InterruptedException {
        journal.accept(Fact.now("signal-cont", name));
        signal("CONT");
    }

    /** Ends the process, in any state. */
    void remove() {
        mayEnd = true;
        process.destroyForcibly();
    }

    Process process() {
        return process;
    }

    private Fact tell(String type, String token) {
        Fact fact = Fact.now(type, name).with("token", token);
        journal.accept(fact);
        return fact;
    }

    private void signal(String signal) throws IOException, InterruptedException {
        // The shell's own kill: not every container has the program.
        int code = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + signal + " " + process.pid() + " failed with exit code " + code);
        }
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                journal.accept(Fact.parse(line));
            }
            int code = process.waitFor();
            journal.accept(Fact.now("gone", name));
            if (!mayEnd) {
                journal.accept(Fact.now("died", name).with("code", (long) code));
            }
        } catch (IOException | IllegalArgumentException e) {
            journal.accept(Fact.now("trouble", name).with("detail", "cannot be parsed: " + e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
