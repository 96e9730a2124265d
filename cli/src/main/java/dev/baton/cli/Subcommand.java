package dev.baton.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all subcommands of {@code baton} have in common: help, version, options as they are declared, one way to object. */
@Command(mixinStandardHelpOptions = true, versionProvider = Baton.Version.class, sortOptions = false)
abstract class Subcommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Where the answer goes. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The stream for error messages. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** To be thrown for an argument that breaks a rule of ours; {@code message} has the value, the rule and the way out. */
    final ParameterException wrong(String message) {
        return new Baton.Rejected(spec.commandLine(), message);
    }
}
