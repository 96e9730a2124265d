package dev.baton.campaign;

import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.spi.ElectionTiming;
import dev.baton.verify.ElectionHistory;
import dev.baton.verify.ElectionPicture;
import dev.baton.verify.HtmlReport;
import dev.baton.verify.picture.SvgTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnExecutionException = Faults.FAILED,
        description = {
            "Puts candidates in processes of their own, on real servers, through seeded faults, and judges them.",
            ""
        },
        footer = {
            "",
            "Exit code: 0 no violation; 1 a violation; 2 a wrong argument, or a campaign that could not be carried out."
        })
public final class Faults implements Callable<Integer> {
    private static final int VIOLATION = 1;
    static final int FAILED = 2;
    private static final double SECONDS = 60;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--backend", paramLabel = "STORE", required = true, description = "kubernetes, etcd or zookeeper.")
    private String backend = "";

    @Option(names = "--minutes", paramLabel = "M", description = "How long (default: ${DEFAULT-VALUE}).")
    private double minutes = 3;

    @Option(names = "--seed", paramLabel = "S", description = "Of the faults (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--elector", paramLabel = "NAME", description = "Who elects (default: ${DEFAULT-VALUE}).")
    private String elector = "baton";

    @Option(names = "--candidates", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    private int candidates = 3;

    @Option(names = "--lease-duration", paramLabel = "SECONDS", description = "(default: ${DEFAULT-VALUE}).")
    private double leaseDuration = 5;

    @Option(names = "--renew-deadline", paramLabel = "SECONDS", description = "(default: ${DEFAULT-VALUE}).")
    private double renewDeadline = 3;

    @Option(names = "--retry-period", paramLabel = "SECONDS", description = "(default: ${DEFAULT-VALUE}).")
    private double retryPeriod = 0.5;

    @Option(names = "--no-hand", description = "Nobody ends a live claim by hand.")
    private boolean noHand;

    @Option(names = "--one-at-a-time", description = "Never two faults at once.")
    private boolean oneAtATime;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FAULT",
            description = "Make these faults only, by their names in the report, or what these begin with.")
    private List<String> only = List.of();

    @Option(
            names = "--report",
            paramLabel = "FOLDER",
            description =
                    "Where to write the report and the candidates' diaries (default: a new one in the folder for temporary files).")
    private @Nullable Path folder;

    /** Runs a campaign, and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Faults()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = commandLine().getOut();
        CampaignPlan plan = plan();
        try {
            Judgement judgement = Campaign.run(plan, out);
            Path page = plan.folder().resolve("report.html");
            Files.writeString(page, HtmlReport.of(judgement.verification(), judgement.staging()));
            draw(judgement, plan);
            String summary = Summary.of(judgement);
            Files.writeString(plan.folder().resolve("summary.md"), summary);
            out.printf("%n%s%nThe picture is in %s%n", summary, page);
            return judgement.isGood() ? 0 : VIOLATION;
        } catch (FaultChoice.UnknownFaultException e) {
            commandLine().getErr().println(e.getMessage());
            return FAILED;
        } catch (IllegalStateException e) {
            e.printStackTrace(commandLine().getErr());
            return FAILED;
        } finally {
            out.flush();
        }
    }

    /** The picture alone, for documents. */
    private static void draw(Judgement judgement, CampaignPlan plan) throws IOException {
        for (ElectionHistory history : judgement.verification().histories()) {
            Files.writeString(
                    plan.folder().resolve("timeline.svg"),
                    SvgTimeline.draw(
                            ElectionPicture.of(history, judgement.verification().premises(), judgement.staging()),
                            plan.elector().text() + " on " + plan.store().text(),
                            plan.timing() + ", seed " + plan.seed() + "; hatched: what was done to whom"));
        }
    }

    private CampaignPlan plan() throws IOException {
        try {
            return new CampaignPlan(
                    Store.valueOf(backend.toUpperCase(Locale.ROOT)),
                    Elector.named(elector),
                    candidates,
                    ElectionTiming.of(seconds(leaseDuration), seconds(renewDeadline), seconds(retryPeriod)),
                    seconds(minutes * SECONDS),
                    seed,
                    new FaultChoice(only, !noHand, !oneAtATime),
                    folder());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Path folder() throws IOException {
        Path named = folder;
        return named == null ? Files.createTempDirectory("baton-faults-") : Files.createDirectories(named);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private CommandLine commandLine() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("this is no command yet");
        }
        return known.commandLine();
    }
}
