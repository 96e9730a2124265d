package dev.baton.benchmarks.etcd;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.etcd.EtcdBackend;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.testing.servers.FaultyEtcd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two candidates of ours, each with a session of its own. Their terms are what the events say, and a thread asks {@link
 * Leadership#isValid()} all the time, since that is what users go by.
 */
final class BatonPair implements Pair {
    private static final long SAMPLING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String name;
    private final Accounts accounts = new Accounts();
    private final Map<FencingToken, Accounts.Term> terms = new ConcurrentHashMap<>();
    private final Map<FencingToken, Leadership> live = new ConcurrentHashMap<>();
    private final List<EtcdBackend> backends = new ArrayList<>();
    private final List<LeaderElection> elections = new ArrayList<>();
    private final Thread sampler;
    private volatile boolean closed;

    BatonPair(FaultyEtcd etcd, ElectionTiming timing, String name, int first) {
        this.name = name;
        this.sampler = new Thread(this::sample, "sampler-" + name);
        sampler.setDaemon(true);
        sampler.start();
        for (int way = 0; way < 2; way++) {
            EtcdBackend.Builder builder =
                    EtcdBackend.builder(etcd.endpoints(way, first + way)).shutdownHook(false);
            if (etcd.isSecured()) {
                builder.jetcd(client -> client.user(JetcdCandidate.bytes(FaultyEtcd.USER))
                        .password(JetcdCandidate.bytes(FaultyEtcd.PASSWORD)));
            }
            EtcdBackend backend = builder.build();
            backends.add(backend);
            elections.add(LeaderElection.on(backend, name)
                    .identity("way-" + way)
                    .timing(timing)
                    .events(this::hear)
                    .onStartedLeading(term -> live.put(term.fencingToken(), term))
                    .start());
        }
    }

    private void hear(ElectionEvent event) {
        FencingToken token = event.token();
        switch (event.type()) {
            case TERM_STARTED -> {
                Objects.requireNonNull(token);
                Accounts.Term term = accounts.began(token.number(), event.at().nanos());
                accounts.lasts(term, until(event));
                terms.put(token, term);
            }
            case RENEWED -> accounts.lasts(term(token), until(event));
            case TERM_ENDED -> accounts.over(term(token), event.at().nanos());
            default -> {}
        }
    }

    private Accounts.Term term(@Nullable FencingToken token) {
        return Objects.requireNonNull(terms.get(Objects.requireNonNull(token)));
    }

    private static long until(ElectionEvent event) {
        return Objects.requireNonNull(event.validUntil()).nanos();
    }

    private void sample() {
        while (!closed) {
            live.forEach((token, leadership) -> {
                long at = System.nanoTime();
                if (leadership.isValid()) {
                    accounts.seenToLast(term(token), at);
                } else {
                    live.remove(token);
                }
            });
            LockSupport.parkNanos(SAMPLING_NANOS);
        }
    }

    @Override
    public String prefix() {
        return "/baton/" + name + "/";
    }

    @Override
    public Accounts accounts() {
        return accounts;
    }

    @Override
    public OptionalInt leader() {
        for (int way = 0; way < 2; way++) {
            if (elections.get(way).leadership().isPresent()) {
                return OptionalInt.of(way);
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public void handOver() {
        elections.forEach(LeaderElection::stepDown);
    }

    @Override
    public void close() {
        backends.forEach(EtcdBackend::close);
        closed = true;
        boolean interrupted = false;
        while (sampler.isAlive()) {
            try {
                sampler.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
