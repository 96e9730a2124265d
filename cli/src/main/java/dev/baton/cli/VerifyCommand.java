package dev.baton.cli;

import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Subcommand;
import dev.baton.cli.command.Terminal;
import dev.baton.event.ElectionEvent;
import dev.baton.verify.Clocks;
import dev.baton.verify.EventLog;
import dev.baton.verify.HtmlReport;
import dev.baton.verify.Premises;
import dev.baton.verify.TextReport;
import dev.baton.verify.UnreadableLogException;
import dev.baton.verify.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code baton verify}. */
@Command(
        name = "verify",
        description = {
            "Judges elections by the logs of their candidates.",
            "",
            "Each FILE holds lines of JSON, as EventSink.jsonLines writes them, or is a flight recording. Name the"
                    + " files of all instances: an event in several files counts once, and the files of a rotated log"
                    + " are merged.",
            ""
        },
        footer = {
            "",
            "What is checked: no two terms valid at once; tokens grow, and each has one holder; a term starts and stops"
                    + " once, and an expired term is never renewed; a candidate leads again within the bound,"
                    + " --lease-duration and two retry periods after the last validity, while a candidate contends and"
                    + " reaches the store.",
            "",
            "Clocks: an instance's own times are compared on its own monotonic clock, times of different instances on"
                    + " their wall clocks. An overlap that is no longer than --clock-uncertainty may come from clocks"
                    + " that differ, and is reported as uncertain, not as a violation.",
            "",
            "Exit code: 0 no violation; 1 a violation; 2 a wrong argument, or a file that cannot be parsed."
        })
final class VerifyCommand extends Subcommand {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Lines of JSON, or flight recordings.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--report", paramLabel = "FILE.html", description = "Also write a page with pictures.")
    private @Nullable Path report;

    @Option(
            names = "--election",
            paramLabel = "NAME",
            description = "Check this election only, written namespace/name.")
    private @Nullable String election;

    @Option(
            names = "--clock-uncertainty",
            paramLabel = "TIME",
            defaultValue = "100ms",
            description = "The most that the wall clocks of two instances may differ (default: ${DEFAULT-VALUE}).")
    private Duration uncertainty = Duration.ZERO;

    @Option(
            names = "--one-host",
            description = "All instances ran on one machine, which was not restarted meanwhile: compare their monotonic"
                    + " clocks, without uncertainty.")
    private boolean oneHost;

    @Option(
            names = "--lease-duration",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "What the elections were configured with (default: ${DEFAULT-VALUE}).")
    private Duration leaseDuration = Duration.ZERO;

    @Option(
            names = "--retry-period",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "What the elections were configured with (default: ${DEFAULT-VALUE}).")
    private Duration retryPeriod = Duration.ZERO;

    VerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PrintWriter out = out();
        try {
            Verification verification = Verification.of(logs(), premises());
            out.print(TextReport.of(verification, terminal.unicode()));
            Path page = report;
            if (page != null) {
                Files.writeString(page, HtmlReport.of(verification));
                out.println("The pictures are in " + page);
            }
            out.flush();
            return verification.isGood() ? ExitCode.DONE : ExitCode.FAILED;
        } catch (UnreadableLogException e) {
            throw wrong(e);
        } catch (IOException e) {
            throw wrong("--report " + report + " cannot be written: " + e);
        }
    }

    private List<EventLog> logs() throws UnreadableLogException {
        List<EventLog> logs = EventLog.readAll(files);
        if (logs.stream().allMatch(log -> log.events().isEmpty())) {
            throw wrong("no event of an election is in "
                    + String.join(", ", logs.stream().map(EventLog::name).toList())
                    + "; collect what EventSink.jsonLines wrote, or flight recordings");
        }
        String only = election;
        if (only == null) {
            return logs;
        }
        if (logs.stream().flatMap(log -> log.events().stream()).noneMatch(logged -> isOf(only, logged.event()))) {
            throw wrong(
                    "--election " + only + " is in none of the files; written namespace/name, as in orders/reconciler");
        }
        return logs.stream()
                .map(log -> new EventLog(
                        log.name(),
                        log.events().stream()
                                .filter(logged -> isOf(only, logged.event()))
                                .toList(),
                        log.remarks()))
                .toList();
    }

    private static boolean isOf(String election, ElectionEvent event) {
        return event.election().toString().equals(election);
    }

    private Premises premises() {
        try {
            Clocks clocks = oneHost ? Clocks.ofOneHost() : Clocks.within(uncertainty);
            return new Premises(clocks, leaseDuration.plus(retryPeriod.multipliedBy(2)));
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }
}
