package dev.baton.cli.command;

import dev.baton.spi.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The common part of all subcommands of {@code baton}: help, version, the order of options, and the way to reject
 * arguments.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false)
public abstract class Subcommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** The stream for the answer. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /**
     * The exception for an argument that breaks a rule of this command; {@code message} has the value, the rule and the
     * way out.
     */
    protected final ParameterException wrong(String message) {
        return new Rejected(spec.commandLine(), message);
    }

    /** The same for a rule of the library or picocli, with its message. */
    protected final ParameterException wrong(Exception broken) {
        return wrong(String.valueOf(broken.getMessage()));
    }

    /** Prints a failure as an error, on one line. */
    protected final void complain(IOException failure) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + Printable.text(String.valueOf(failure.getMessage())));
        err.flush();
    }
}
