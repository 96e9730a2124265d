package dev.baton.cli.demo;

import dev.baton.cli.store.Kind;
import dev.baton.etcd.EtcdBackend;
import dev.baton.etcd.EtcdEndpoints;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An etcd: one member started for the demo, or an existing cluster.
 *
 * <p>The last keepAlive of a killed or stopped leader reached the servers no later than the signal. They end a lease
 * its TTL after that: leaseDuration in whole seconds, and at least the shortest that servers grant. They look for
 * expired leases every 500 ms.
 *
 * @param endpoints the endpoints of an existing cluster, or null
 * @param program the server to start, or null with endpoints
 * @param unsafeAllowed whether to accept servers on which the backend refuses to lead
 */
record EtcdVenue(@Nullable String endpoints, @Nullable Path program, boolean unsafeAllowed) implements Venue {
    private static final ElectionName ELECTION = ElectionName.parse("demo/reconciler");
    private static final ElectionName TRIAL = ElectionName.parse("demo/trial");

    /** 1.5 times the default election timeout of servers, in whole seconds. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private static final Duration SCAN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;

    static EtcdVenue at(String endpoints, boolean unsafeAllowed) {
        return new EtcdVenue(String.join(",", EtcdEndpoints.parse(endpoints)), null, unsafeAllowed);
    }

    static EtcdVenue startedFrom(Path program) {
        return new EtcdVenue(null, program, true);
    }

    @Override
    public void check(ElectionTiming timing) {
        try (EtcdBackend unconnected = EtcdBackend.builder(endpoints == null ? "http://127.0.0.1:1" : endpoints)
                .shutdownHook(false)
                .build()) {
            unconnected.check(ELECTION, timing);
        }
    }

    @Override
    public Duration expiry(ElectionTiming timing) {
        return lease(timing).plus(SCAN);
    }

    @Override
    public String expiryText(ElectionTiming timing) {
        return ElectionTiming.text(lease(timing)) + " of lease, " + ElectionTiming.text(SCAN)
                + " until that is looked for";
    }

    private static Duration lease(ElectionTiming timing) {
        Duration seconds =
                Duration.ofSeconds(timing.leaseDuration().plusNanos(999_999_999).toSeconds());
        return seconds.compareTo(SHORTEST) < 0 ? SHORTEST : seconds;
    }

    @Override
    public Stage open(ElectionTiming timing, Backstage backstage) throws IOException, InterruptedException {
        Path directory = backstage.directory();
        String address = endpoints == null ? start(directory.resolve("etcd"), backstage) : endpoints;
        String prefix = "/" + directory.getFileName() + "/";
        EtcdProbe probe = EtcdProbe.connect(address, prefix);
        backstage.leftovers().add(RoundTrips.start(probe, backstage.journal()));
        leadOnce(address, prefix, timing);
        return new Stage(
                "etcd at " + address + (program == null ? "" : " (" + program + ")"),
                Part.on(Kind.ETCD, address, prefix, ELECTION.toString(), Duration.ZERO));
    }

    private String start(Path folder, Backstage backstage) throws IOException, InterruptedException {
        Path server = Objects.requireNonNull(program, "neither endpoints nor a program");
        return backstage
                .leftovers()
                .add(LocalEtcd.start(server, folder, backstage.guardian()))
                .address();
    }

    /** Runs an election of its own, so that the library checks these servers before any process starts. */
    private void leadOnce(String address, String prefix, ElectionTiming timing)
            throws IOException, InterruptedException {
        try (EtcdBackend backend = EtcdBackend.builder(address)
                .prefix(prefix)
                .connectionTimeout(PATIENCE)
                .allowUnsafeServers(unsafeAllowed)
                .shutdownHook(false)
                .build()) {
            Claim claim = new Claim(TRIAL, "demo", UUID.randomUUID().toString(), timing);
            Answer answer = acquire(backend, claim);
            backend.withdraw(claim, deadline(backend)).toCompletableFuture().get();
            if (answer instanceof Answer.Granted granted
                    && granted.guaranteedFor().compareTo(lease(timing)) > 0) {
                String shortest = ElectionTiming.text(granted.guaranteedFor());
                throw new IOException("etcd at " + address + " grants no lease shorter than " + shortest
                        + "; add --lease-duration " + shortest);
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = String.valueOf(cause.getMessage());
            throw new IOException(message.replace("allowUnsafeServers(true)", "--allow-unsafe-servers"), cause);
        }
    }

    /** On a busy machine an etcd that has just started may answer late, so a failed request is repeated. */
    private static Answer acquire(EtcdBackend backend, Claim claim) throws ExecutionException, InterruptedException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            Optional<Answer> answer = backend.acquire(claim, deadline(backend))
                    .handle((given, failure) -> Optional.ofNullable(given))
                    .toCompletableFuture()
                    .get();
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return backend.acquire(claim, deadline(backend)).toCompletableFuture().get();
    }

    private static Moment deadline(EtcdBackend backend) {
        return backend.runtime().timekeeper().now().plus(PATIENCE);
    }
}
