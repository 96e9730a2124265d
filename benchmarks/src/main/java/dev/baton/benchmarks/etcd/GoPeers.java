package dev.baton.benchmarks.etcd;

import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.CandidateProcess;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What candidates of etcd's Go client tell. */
final class GoPeers {
    private static final long PATIENCE_SECONDS = 60;

    private GoPeers() {}

    /** When {@code candidate} first told of {@code event}, in nanoseconds since 1970, waiting for it. */
    static long when(CandidateProcess candidate, String event) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            Optional<CandidateEvent> told = candidate.events().stream()
                    .filter(one -> one.event().equals(event))
                    .findFirst();
            if (told.isPresent()) {
                return told.get().at();
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException(
                        "the Go candidate did not tell of \"" + event + "\": " + candidate.printed());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
