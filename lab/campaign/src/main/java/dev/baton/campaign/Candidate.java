package dev.baton.campaign;

import dev.baton.campaign.process.CandidateMain;
import dev.baton.conformance.TcpProxy;
import dev.baton.testing.servers.CandidateProcess;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A candidate and its ways to the store: one process after another, each with an identity and a diary of its own. Not safe
 * for use by many threads.
 */
final class Candidate implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hana", "ivo");
    /** As many as there are names. */
    static final int MOST = 9;

    private static final long VALUES = 1_000_000_000L;
    private static final int TAIL = 4_096;
    private static final Pattern CLAIM = Pattern.compile("\"type\":\"claims\",\"from\":\\d+,\"to\":(\\d+)}");
    /** A claim no older than this is taken for one that still stands. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Of this process, as one finds it that runs in another folder. */
    private static final String CLASS_PATH = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));

    private final int index;
    private final CampaignPlan plan;
    private final String where;
    private final List<TcpProxy> ways;
    private final String registers;
    private final List<String> runs = new ArrayList<>();
    private @Nullable CandidateProcess process;

    Candidate(int index, CampaignPlan plan, String where, List<TcpProxy> ways, String registers) {
        this.index = index;
        this.plan = plan;
        this.where = where;
        this.ways = List.copyOf(ways);
        this.registers = registers;
    }

    static String name(int index) {
        return NAMES.get(index);
    }

    String name() {
        return name(index);
    }

    /** The candidate that ran as {@code identity}. */
    static String nameIn(String identity) {
        return identity.contains("-") ? identity.substring(0, identity.indexOf('-')) : identity;
    }

    List<TcpProxy> ways() {
        return ways;
    }

    /** The identities under which it has run. */
    List<String> runs() {
        return List.copyOf(runs);
    }

    Path diary(String identity) {
        return plan.folder().resolve(identity + ".jsonl");
    }

    /** Runs it, as somebody new; returns before it contends. */
    void start() throws IOException {
        String identity = name() + "-" + (runs.size() + 1);
        long firstValue = (index * 1_000L + runs.size() + 1) * VALUES;
        runs.add(identity);
        Files.createFile(diary(identity));
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                // It lives for minutes: the better compiler would take the processor from the others for little.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                CLASS_PATH,
                CandidateMain.class.getName()));
        command.addAll(List.of(
                plan.elector().text(),
                plan.store().text(),
                where,
                CampaignPlan.ELECTION,
                identity,
                Long.toString(plan.timing().leaseDuration().toMillis()),
                Long.toString(plan.timing().renewDeadline().toMillis()),
                Long.toString(plan.timing().retryPeriod().toMillis()),
                registers,
                diary(identity).toAbsolutePath().toString(),
                Long.toString(firstValue)));
        process = CandidateProcess.start(command);
    }

    void pause() {
        running().pause();
    }

    void resume() {
        running().resume();
    }

    /** What each of its threads does goes to its log. */
    void dumpThreads() {
        running().dumpThreads();
    }

    /** {@code kill -9}. */
    void kill() throws IOException {
        running().kill();
        close();
    }

    /** SIGTERM; returns when it has left. */
    void terminate() throws IOException {
        running().terminate();
        close();
    }

    /** Whether it has just said that it leads. */
    boolean leads() {
        CandidateProcess running = process;
        return running != null && running.isAlive() && System.nanoTime() - lastClaim() < FRESH_NANOS;
    }

    /** Whether its process, if it should be running, is. */
    boolean isWell() {
        CandidateProcess running = process;
        return running == null || running.isAlive();
    }

    private long lastClaim() {
        try (RandomAccessFile file =
                new RandomAccessFile(diary(runs.get(runs.size() - 1)).toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(TAIL, file.length())];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            Matcher claim = CLAIM.matcher(new String(tail, StandardCharsets.UTF_8));
            long last = Long.MIN_VALUE / 2;
            while (claim.find()) {
                last = Long.parseLong(claim.group(1));
            }
            return last;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the diary of " + name() + " cannot be read", e);
        }
    }

    private CandidateProcess running() {
        CandidateProcess running = process;
        if (running == null) {
            throw new IllegalStateException(name() + " is not running");
        }
        return running;
    }

    /** Kills it if it runs, and keeps what it printed beside its diary. */
    @Override
    public void close() throws IOException {
        CandidateProcess running = process;
        if (running != null) {
            process = null;
            running.close();
            Files.writeString(plan.folder().resolve(runs.get(runs.size() - 1) + ".log"), running.printed());
        }
    }
}
