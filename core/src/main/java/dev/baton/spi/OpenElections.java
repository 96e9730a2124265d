package dev.baton.spi;

import dev.baton.spi.BackendRuntime.OpenElection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;

/** The elections that are open on a runtime. Any thread. */
final class OpenElections implements Iterable<OpenElection> {
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(1);

    private final Logger log;
    private final Set<OpenElection> open = ConcurrentHashMap.newKeySet();

    OpenElections(Logger log) {
        this.log = log;
    }

    void add(OpenElection election) {
        open.add(election);
    }

    void remove(OpenElection election) {
        open.remove(election);
    }

    @Override
    public Iterator<OpenElection> iterator() {
        return open.iterator();
    }

    /**
     * Closes all elections at once, since the drain of one must not shorten that of another, and waits for them: not on
     * the loop, not after it has ended, and no longer than the longest close timeout. A second caller waits as well.
     *
     * @param onLoop whether the calling thread is the loop
     * @param ended completes when the loop has ended
     */
    void close(boolean onLoop, CompletableFuture<Void> ended) {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        Duration limit = Duration.ZERO;
        for (OpenElection election : open) {
            try {
                closing.add(election.closeAsync().toCompletableFuture());
                Duration longest = election.closeTimeout();
                limit = limit.compareTo(longest) < 0 ? longest : limit;
            } catch (Throwable e) {
                log.error("closing {} failed", election, e);
            }
        }
        if (onLoop) {
            log.warn("closed on the election loop, so no election hands over; close the backend on another thread");
            return;
        }
        try {
            CompletableFuture<Void> all = CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
            CompletableFuture.anyOf(all, ended)
                    .get(Moment.boundedNanos(limit.plus(CLOSE_MARGIN)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("some elections did not close in time", e);
        }
    }
}
