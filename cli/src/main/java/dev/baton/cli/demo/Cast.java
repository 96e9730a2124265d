package dev.baton.cli.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The candidate processes. */
final class Cast implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("ada", "ben", "cleo", "dora", "emil", "finn", "gwen", "hugo", "iris");
    static final int MOST = NAMES.size();

    /** How long a process may take to end, on the busiest machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Part part;
    private final Path directory;
    private final Guardian guardian;
    private final Consumer<Fact> journal;
    private final List<Actor> actors = new ArrayList<>();
    private boolean closed;

    Cast(Part part, Path directory, Guardian guardian, Consumer<Fact> journal) {
        this.part = part;
        this.directory = directory;
        this.guardian = guardian;
        this.journal = journal;
    }

    void enter(int candidates) throws IOException {
        for (String name : NAMES.subList(0, candidates)) {
            enter(name);
        }
    }

    /** Replaces {@code former} with a new process under another name: an identity belongs to one process. */
    Actor replace(Actor former) throws IOException {
        String name = former.name();
        int dash = name.indexOf('-');
        int run = dash < 0 ? 2 : Integer.parseInt(name.substring(dash + 1)) + 1;
        return enter((dash < 0 ? name : name.substring(0, dash)) + "-" + run);
    }

    synchronized Actor named(String name) {
        return actors.stream()
                .filter(actor -> actor.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no candidate is called " + name));
    }

    synchronized List<Actor> alive() {
        return actors.stream().filter(Actor::isAlive).toList();
    }

    /** Ends the standbys first, so that no candidate takes over from the leader. */
    void leave(Actor leader) throws InterruptedException {
        List<Actor> order = new ArrayList<>(alive());
        order.remove(leader);
        order.forEach(actor -> actor.tell("exit"));
        for (Actor actor : order) {
            actor.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        leader.tell("exit");
        leader.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Ends all processes, in any state. */
    @Override
    public void close() {
        List<Actor> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(actors);
        }
        all.forEach(Actor::remove);
        all.forEach(actor -> actor.process()
                .onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .handle((end, late) -> end)
                .join());
    }

    private synchronized Actor enter(String name) throws IOException {
        if (closed) {
            throw new IOException("the demo is over");
        }
        Process process = new ProcessBuilder(command(name))
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
        guardian.watch(process);
        Actor actor = new Actor(name, process, journal);
        actors.add(actor);
        journal.accept(Fact.now("entered", name).with("pid", process.pid()));
        return actor;
    }

    private List<String> command(String name) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx64m",
                "-Dbaton.demo=" + directory,
                "-Dbaton.log=" + directory.resolve(name + ".log"),
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                Candidate.class.getName()));
        command.addAll(part.named(name).toArguments());
        return command;
    }
}
