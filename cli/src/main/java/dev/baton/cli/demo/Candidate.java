package dev.baton.cli.demo;

import dev.baton.LeaderElection;
import dev.baton.cli.command.ExitCode;
import dev.baton.spi.LockBackend;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One candidate of the demo, a process of its own: it prints its events on standard output, one JSON object a line, and
 * reads {@code step-down} and {@code exit} from standard input. It exits when standard input ends, so that it never
 * outlives the demo.
 */
final class Candidate {
    private Candidate() {}

    /** Runs until the command to exit. */
    public static void main(String[] args) throws IOException {
        Part part = Part.parse(args);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (LockBackend backend = part.open();
                Job job = new Job(part, fact -> out.println(fact.toJson()));
                LeaderElection election = LeaderElection.on(backend, part.election())
                        .identity(part.identity())
                        .timing(part.timing())
                        .events(event -> out.println(event.toJson()))
                        .onStartedLeading(job::lead)
                        .start()) {
            obey(election);
        }
        System.exit(ExitCode.DONE);
    }

    private static void obey(LeaderElection election) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            switch (command) {
                case "step-down" -> election.stepDown();
                case "exit" -> {
                    return;
                }
                default -> throw new IllegalArgumentException("unknown command " + command);
            }
        }
    }
}
