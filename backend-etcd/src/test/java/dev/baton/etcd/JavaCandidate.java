package dev.baton.etcd;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.EtcdCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Candidates of ours in a JVM of their own, which can be killed; they tell what happens as Go's peer does, and with
 * {@code valid}, whose time is that until which a term may last unless renewed.
 */
final class JavaCandidate {
    /** An election to contend in. */
    record Entry(ElectionName election, ElectionTiming timing) {
        private static Entry parse(String text) {
            String[] parts = text.split("=", -1);
            return new Entry(
                    ElectionName.parse(parts[0]),
                    ElectionTiming.of(Duration.parse(parts[1]), Duration.parse(parts[2]), Duration.parse(parts[3])));
        }

        private String text() {
            return election + "=" + timing.leaseDuration() + "=" + timing.renewDeadline() + "=" + timing.retryPeriod();
        }
    }

    private JavaCandidate() {}

    /** Starts a candidate called {@code identity} in each of {@code elections}, all in one process. */
    static CandidateProcess start(EtcdCluster cluster, String identity, List<Entry> elections) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for seconds: the better compiler would take the processor from the others for nothing.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaCandidate.class.getName(),
                cluster.endpoints(),
                identity));
        elections.forEach(entry -> command.add(entry.text()));
        return CandidateProcess.start(command);
    }

    /** As {@link #start} calls it; ends when it is told to, after handing over. */
    public static void main(String[] args) throws InterruptedException {
        EtcdBackend backend = EtcdBackend.connect(args[0]);
        for (String text : List.of(args).subList(2, args.length)) {
            Entry entry = Entry.parse(text);
            LeaderElection.on(backend, entry.election().toString())
                    .identity(args[1])
                    .timing(entry.timing())
                    .events(JavaCandidate::tell)
                    .onStartedLeading(term -> {
                        while (term.acceptsWork()) {
                            LockSupport.parkNanos(1_000_000);
                        }
                    })
                    .start();
        }
        new CountDownLatch(1).await();
    }

    /** The term, which begins before its work and ends after it. */
    private static void tell(ElectionEvent event) {
        switch (event.type()) {
            case TERM_STARTED -> {
                print(
                        event,
                        event.at(),
                        "started",
                        Long.toString(Objects.requireNonNull(event.token()).number()));
                print(event, Objects.requireNonNull(event.validUntil()), "valid", "");
            }
            case RENEWED -> print(event, Objects.requireNonNull(event.validUntil()), "valid", "");
            case TERM_ENDED -> print(event, event.at(), "stopped", String.valueOf(event.reason()));
            case NEW_LEADER -> print(event, event.at(), "leader", Objects.requireNonNull(event.holder()));
            default -> {}
        }
    }

    private static void print(ElectionEvent event, Moment at, String what, String detail) {
        System.out.println(
                new CandidateEvent(at.wallNanos(), what, event.election().toString(), event.identity(), detail)
                        .toLine());
    }
}
