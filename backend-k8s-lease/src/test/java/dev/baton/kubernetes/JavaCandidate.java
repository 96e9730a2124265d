package dev.baton.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.migration.DualBackend;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import dev.baton.testing.servers.KubeApiServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Candidates of ours in a JVM of their own, which can be killed; they tell what happens as client-go's peer does. */
final class JavaCandidate {
    /** What they elect on. */
    enum Lock {
        LEASE,
        ENDPOINTS,
        CONFIG_MAP,
        /** Endpoints, and Leases with the next epoch: the middle of a move from the ones to the others. */
        ENDPOINTS_AND_LEASE
    }

    /** An election to contend in. */
    record Entry(ElectionName election, Lock lock, ElectionTiming timing) {
        private static Entry parse(String text) {
            String[] parts = text.split("=", -1);
            return new Entry(
                    ElectionName.parse(parts[0]),
                    Lock.valueOf(parts[1]),
                    ElectionTiming.of(Duration.parse(parts[2]), Duration.parse(parts[3]), Duration.parse(parts[4])));
        }

        private String text() {
            return election + "=" + lock + "=" + timing.leaseDuration() + "=" + timing.renewDeadline() + "="
                    + timing.retryPeriod();
        }
    }

    private JavaCandidate() {}

    /** Starts a candidate called {@code identity} in each of {@code elections}, all in one process. */
    static CandidateProcess start(KubeApiServer server, String identity, List<Entry> elections) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for seconds: the better compiler would take the processor from the others for nothing.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaCandidate.class.getName(),
                server.kubeconfig().toString(),
                identity));
        elections.forEach(entry -> command.add(entry.text()));
        return CandidateProcess.start(command);
    }

    /** As {@link #start} calls it; ends when it is told to, after handing over. */
    public static void main(String[] args) throws InterruptedException {
        Map<Lock, LockBackend> backends = new EnumMap<>(Lock.class);
        for (String text : List.of(args).subList(2, args.length)) {
            Entry entry = Entry.parse(text);
            LockBackend backend = backends.computeIfAbsent(entry.lock(), lock -> backend(lock, Path.of(args[0])));
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

    private static LockBackend backend(Lock lock, Path kubeconfig) {
        return switch (lock) {
            case LEASE ->
                KubernetesBackend.lease().kubeconfig(kubeconfig).epoch(1).build();
            case ENDPOINTS ->
                KubernetesBackend.endpoints().kubeconfig(kubeconfig).build();
            case CONFIG_MAP ->
                KubernetesBackend.configMap().kubeconfig(kubeconfig).build();
            case ENDPOINTS_AND_LEASE ->
                DualBackend.of(backend(Lock.ENDPOINTS, kubeconfig), backend(Lock.LEASE, kubeconfig), 0);
        };
    }

    /** The term, which begins before its work and ends after it. */
    private static void tell(ElectionEvent event) {
        switch (event.type()) {
            case TERM_STARTED -> print(event, "started", "");
            case RENEWED -> print(event, "renewed", "");
            case TERM_ENDED -> print(event, "stopped", String.valueOf(event.reason()));
            case NEW_LEADER -> print(event, "leader", Objects.requireNonNull(event.holder()));
            default -> {}
        }
    }

    private static void print(ElectionEvent event, String what, String detail) {
        System.out.println(new CandidateEvent(
                        event.at().wallNanos(), what, event.election().toString(), event.identity(), detail)
                .toLine());
    }
}
