package dev.baton.kubernetes;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.migration.HoldTwo;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Candidates of ours in a JVM of their own, which can be killed; they tell what happens as client-go's peer does. */
final class JavaCandidate {
    /** What they elect on. */
    enum Lock {
        /** Leases. */
        LEASE,
        /** Endpoints. */
        ENDPOINTS,
        /** Endpoints, and Leases with the next epoch: the middle of a move from the ones to the others. */
        BOTH
    }

    private JavaCandidate() {}

    /** Starts a candidate called {@code identity} in each of {@code elections}. */
    static CandidateProcess start(
            KubeApiServer server, Lock lock, String identity, Map<ElectionName, ElectionTiming> elections)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for seconds: the better compiler would take the processor from the others for nothing.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaCandidate.class.getName(),
                server.kubeconfig().toString(),
                lock.name(),
                identity));
        elections.forEach((election, timing) -> command.add(
                election + "=" + timing.leaseDuration() + "=" + timing.renewDeadline() + "=" + timing.retryPeriod()));
        return CandidateProcess.start(command);
    }

    /** As {@link #start} calls it; ends when it is told to, after handing over. */
    public static void main(String[] args) throws InterruptedException {
        LockBackend backend = backend(Lock.valueOf(args[1]), Path.of(args[0]));
        for (String election : List.of(args).subList(3, args.length)) {
            String[] parts = election.split("=", -1);
            LeaderElection.on(backend, parts[0])
                    .identity(args[2])
                    .timing(ElectionTiming.of(
                            Duration.parse(parts[1]), Duration.parse(parts[2]), Duration.parse(parts[3])))
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
            case BOTH -> HoldTwo.of(backend(Lock.ENDPOINTS, kubeconfig), backend(Lock.LEASE, kubeconfig), 0);
        };
    }

    /** The term, which begins before its work and ends after it. */
    private static void tell(ElectionEvent event) {
        switch (event.type()) {
            case TERM_STARTED -> print(event, "started", "");
            case RENEWED -> print(event, "renewed", "");
            case TERM_ENDED -> print(event, "stopped", "");
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
