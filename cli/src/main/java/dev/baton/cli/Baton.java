package dev.baton.cli;

import dev.baton.spi.Printable;
import java.time.Duration;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code baton} command. Exit codes: 0 done, 1 a promise was broken or the work failed, 2 a wrong argument; those of a
 * subcommand alone are its own.
 */
@Command(
        name = "baton",
        description = "Leader election with terms that know when they end and tokens that prove it.",
        mixinStandardHelpOptions = true,
        versionProvider = Baton.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StatusCommand.class, DemoCommand.class})
final class Baton implements Runnable {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_ARGUMENT = 2;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        // The console belongs to what the command says; gRPC would tell there that it has found epoll.
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
        command.getErr()
                .println(name + ": " + message + (wrong instanceof Rejected ? "" : "; " + name + " --help explains"));
        return WRONG_ARGUMENT;
    }

    /** A defect, with its trace; what a server or a library says in it is no more to be trusted than elsewhere. */
    private static int fail(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + " failed; this is a defect in it:");
        Printable.failure(failure).printStackTrace(command.getErr());
        return FAILED;
    }

    /** An argument that breaks a rule of ours; the message says it all. */
    static final class Rejected extends ParameterException {
        private static final long serialVersionUID = 1L;

        Rejected(CommandLine command, String message) {
            super(command, message);
        }
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Baton.class.getPackage().getImplementationVersion();
            return new String[] {"baton " + (version == null ? "(not packaged)" : version)};
        }
    }
}
