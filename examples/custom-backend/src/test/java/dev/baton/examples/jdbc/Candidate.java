package dev.baton.examples.jdbc;

import static org.awaitility.Awaitility.await;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A candidate with a backend of its own. */
final class Candidate implements AutoCloseable {
    static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(7), Duration.ofSeconds(5), Duration.ofMillis(400));
    static final Duration PATIENCE = Duration.ofMinutes(2);

    final LockBackend backend;
    final LeaderElection election;
    private final List<Leadership> terms = new CopyOnWriteArrayList<>();

    /** Contends; {@code begun} hears of each of its terms. */
    Candidate(DataSource database, ElectionName name, Consumer<Leadership> begun) {
        backend = JdbcRegister.on(database, 0);
        election = LeaderElection.on(backend, name.toString())
                .timing(TIMING)
                .onStartedLeading(term -> {
                    begun.accept(term);
                    terms.add(term);
                })
                .start();
    }

    Candidate(DataSource database, ElectionName name) {
        this(database, name, term -> {});
    }

    boolean leads() {
        return !terms.isEmpty() && last().isValid();
    }

    private Leadership last() {
        return terms.get(terms.size() - 1);
    }

    /** Waits until it leads. */
    Leadership awaitTerm() {
        await().atMost(PATIENCE).until(this::leads);
        return last();
    }

    /** Waits until it leads again. */
    Leadership awaitTermAfter(Leadership before) {
        await().atMost(PATIENCE).until(() -> leads() && last() != before);
        return last();
    }

    @Override
    public void close() {
        backend.close();
    }
}
