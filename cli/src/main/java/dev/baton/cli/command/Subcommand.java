package dev.baton.cli.command;

import dev.baton.spi.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all subcommands of {@code baton} have in common: help, version, options as they are declared, one way to object. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false)
public abstract class Subcommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Where the answer goes. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** To be thrown for an argument that breaks a rule of ours; {@code message} has the value, the rule and the way out. */
    protected final ParameterException wrong(String message) {
        return new Rejected(spec.commandLine(), message);
    }

    /** The same, where the rule is another's, whose message says it all. */
    protected final ParameterException wrong(Exception broken) {
        return wrong(String.valueOf(broken.getMessage()));
    }

    /** Tells in one line, as an error, what could not be done. */
    protected final void complain(IOException failure) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + Printable.text(String.valueOf(failure.getMessage())));
        err.flush();
    }
}
