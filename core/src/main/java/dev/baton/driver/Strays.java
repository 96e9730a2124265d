package dev.baton.driver;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.BackendRuntime.Priority;
import dev.baton.spi.Claim;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Claims that the backend granted after the driver had given up their call and the machine no longer used them. Each is
 * withdrawn until the store confirms it (rule 3.2). Only a backend that breaks rule 7.1 causes them. Confined to the
 * loop.
 */
final class Strays {
    private final LockBackend backend;
    private final BackendRuntime runtime;
    private final Timekeeper time;
    private final Logger log;
    private final Map<String, Long> attempts = new HashMap<>();

    Strays(LockBackend backend, Logger log) {
        this.backend = backend;
        this.runtime = backend.runtime();
        this.time = runtime.timekeeper();
        this.log = log;
    }

    void add(Claim claim) {
        if (!attempts.containsKey(claim.nonce())) {
            log.warn(
                    "{}: the {} backend granted a claim long after its deadline; it is withdrawn",
                    claim.election(),
                    backend.kind());
            withdraw(claim);
        }
    }

    private void withdraw(Claim claim) {
        long attempt = attempts.merge(claim.nonce(), 1L, Long::sum);
        Duration patience = claim.timing().renewDeadline();
        Moment deadline = time.now().plus(patience);
        // Tries again even if no answer comes.
        time.schedule(patience.plus(claim.timing().retryPeriod()), () -> again(claim, attempt));
        runtime.send(Priority.ACQUIRE, deadline, () -> backend.withdraw(claim, deadline))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        time.execute(() -> attempts.remove(claim.nonce()));
                    }
                });
    }

    private void again(Claim claim, long attempt) {
        if (attempts.getOrDefault(claim.nonce(), 0L) == attempt) {
            withdraw(claim);
        }
    }
}
