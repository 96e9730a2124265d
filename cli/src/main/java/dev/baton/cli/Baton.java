package dev.baton.cli;

import dev.baton.cli.command.Durations;
import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Rejected;
import dev.baton.cli.command.Terminal;
import dev.baton.cli.command.Version;
import dev.baton.cli.demo.DemoCommand;
import dev.baton.cli.status.StatusCommand;
import dev.baton.spi.Printable;
import java.time.Duration;
import java.util.TreeSet;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code baton} command, which ends with an {@link ExitCode}. */
@Command(
        name = "baton",
        description = "Leader election with terms that know when they end and tokens that prove it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StatusCommand.class, DemoCommand.class})
public final class Baton implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        // The console is for the command's output; gRPC would log there that it has found epoll.
        LogManager.getLogManager().reset();
        System.exit(commandLine(Terminal.detect()).execute(args));
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new Baton())
                .addSubcommand(new VerifyCommand(terminal))
                .registerConverter(Duration.class, Durations::parse)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(88)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setOut(terminal.writer(terminal.out()))
                .setErr(terminal.writer(terminal.err()))
                .setParameterExceptionHandler(Baton::explain)
                .setExecutionExceptionHandler(Baton::fail);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int explain(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = Printable.text(String.valueOf(wrong.getMessage()).strip());
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !command.getSubcommands().isEmpty()
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            message = Printable.value(unmatched.getUnmatched().get(0)) + " is no command; the commands are "
                    + String.join(", ", new TreeSet<>(command.getSubcommands().keySet()));
        }
        command.getErr()
                .println(name + ": " + message + (wrong instanceof Rejected ? "" : "; " + name + " --help explains"));
        return ExitCode.WRONG_ARGUMENT;
    }

    /** Reports a defect, with its stack trace; messages of servers and libraries in it are escaped, as everywhere. */
    private static int fail(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + " failed; this is a defect in it:");
        Printable.failure(failure).printStackTrace(command.getErr());
        return ExitCode.FAILED;
    }
}
