package dev.baton.benchmarks.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.spi.ElectionTiming;
import dev.baton.testing.servers.FaultyEtcd;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.election.LeaderKey;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two candidates of jetcd's {@code Election}. By its account one leads from the moment at which {@code campaign} answers
 * until it is told otherwise in any way that jetcd has: its lease is not kept alive any more, somebody else is observed to
 * lead, or it resigns; then it contends anew, with another client and lease. That is more than {@code Election} does by
 * itself, and as much as a careful user of it can do.
 */
final class JetcdPair implements Pair {
    private static final Logger log = LoggerFactory.getLogger(JetcdPair.class);
    private static final long PAUSE_MILLIS = 200;
    private static final long PATIENCE_SECONDS = 15;

    private final FaultyEtcd etcd;
    private final ElectionTiming timing;
    private final String election;
    private final int first;
    private final Accounts accounts = new Accounts();
    /** For the two that contend, and for closing what they have done with, which may take long. */
    private final ExecutorService threads;

    private final Executor later;
    private final List<Contender> contenders;
    private volatile boolean closed;

    JetcdPair(FaultyEtcd etcd, ElectionTiming timing, String name, int first) {
        this.etcd = etcd;
        this.timing = timing;
        this.election = "/jetcd/" + name;
        this.first = first;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "jetcd-" + name);
            thread.setDaemon(true);
            return thread;
        });
        this.later = CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, threads);
        this.contenders =
                IntStream.range(0, 2).mapToObj(way -> new Contender(way)).toList();
        contenders.forEach(threads::execute);
    }

    private Client client(int way) {
        ClientBuilder builder =
                Client.builder().endpoints(etcd.endpoints(way, first + way).split(",", -1));
        if (etcd.isSecured()) {
            builder.user(JetcdCandidate.bytes(FaultyEtcd.USER)).password(JetcdCandidate.bytes(FaultyEtcd.PASSWORD));
        }
        return builder.build();
    }

    @Override
    public String prefix() {
        return election + "/";
    }

    @Override
    public Accounts accounts() {
        return accounts;
    }

    @Override
    public OptionalInt leader() {
        return contenders.stream()
                .filter(contender -> contender.reign != null)
                .mapToInt(contender -> contender.way)
                .findFirst();
    }

    @Override
    public void handOver() {
        contenders.forEach(Contender::resign);
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.info("a client of {} is still being closed", election);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Led(LeaderKey key, long at) {}

    private record Reign(JetcdCandidate candidate, LeaderKey key, CompletableFuture<Long> over) {}

    private final class Contender implements Runnable {
        private final int way;
        private volatile @Nullable Reign reign;

        Contender(int way) {
            this.way = way;
        }

        @Override
        public void run() {
            while (!closed) {
                try {
                    leadOnce();
                } catch (InterruptedException e) {
                    return;
                } catch (CompletionException | ExecutionException e) {
                    log.debug("{} begins anew", election, e);
                }
            }
        }

        private void leadOnce() throws InterruptedException, ExecutionException {
            CompletableFuture<Long> over = new CompletableFuture<>();
            JetcdCandidate candidate = new JetcdCandidate(
                    client(way), election, timing.leaseDuration(), () -> over.complete(System.nanoTime()));
            try {
                Led led = campaign(candidate, over);
                if (led == null) {
                    return;
                }
                Accounts.Term term = accounts.began(led.key.getRevision(), led.at);
                observe(candidate, led.key.getKey().toString(UTF_8), over);
                reign = new Reign(candidate, led.key, over);
                try {
                    accounts.over(term, over.get());
                } finally {
                    reign = null;
                    // Where it was interrupted, for whoever looks at the accounts afterwards.
                    accounts.over(term, System.nanoTime());
                }
            } finally {
                over.complete(System.nanoTime());
                close(candidate);
            }
        }

        /** Null when the lease is lost while in line. */
        private @Nullable Led campaign(JetcdCandidate candidate, CompletableFuture<Long> over)
                throws InterruptedException {
            while (!over.isDone()) {
                CompletableFuture<Led> led = candidate.campaign().thenApply(key -> new Led(key, System.nanoTime()));
                try {
                    CompletableFuture.anyOf(led, over).get();
                    if (led.isDone()) {
                        return led.get();
                    }
                } catch (ExecutionException e) {
                    log.debug("{} campaigns again", election, e);
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
            return null;
        }

        private void observe(JetcdCandidate candidate, String own, CompletableFuture<Long> over) {
            candidate.observe(
                    key -> {
                        if (!key.equals(own)) {
                            over.complete(System.nanoTime());
                        }
                    },
                    () -> later.execute(() -> {
                        if (!over.isDone()) {
                            observe(candidate, own, over);
                        }
                    }));
        }

        void resign() {
            Reign current = reign;
            // It does nothing more from here, whatever becomes of the request.
            if (current != null && current.over.complete(System.nanoTime())) {
                var unused = current.candidate.resign(current.key);
            }
        }

        private void close(JetcdCandidate candidate) {
            if (closed) {
                candidate.close();
            } else {
                threads.execute(candidate::close);
            }
        }
    }
}
