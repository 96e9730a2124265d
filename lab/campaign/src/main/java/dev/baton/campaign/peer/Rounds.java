package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Leadership;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that contends again after each loss, for a peer that contends once. */
final class Rounds implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Duration pause;
    private volatile @Nullable Claim claim;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /** One round of contending. */
    @FunctionalInterface
    interface Round {
        /**
         * Contends, and returns when what was won is lost, or nothing was.
         *
         * @param claim of this round, which ends with it
         * @throws InterruptedException if it is to end; it has released what it held
         */
        void contend(Claim claim) throws Exception;
    }

    /** @param pause before another round */
    Rounds(Duration pause) {
        this.pause = pause;
    }

    /** Goes on until closed; called once. */
    void start(Leadership leadership, Round round) {
        Thread starting = new Thread(() -> run(leadership, round), "rounds");
        starting.setDaemon(true);
        thread = starting;
        starting.start();
    }

    private void run(Leadership leadership, Round round) {
        try {
            // Not by the interrupt alone, since there are peers that swallow it.
            while (!closed) {
                try (Claim one = new Claim(leadership)) {
                    claim = one;
                    round.contend(one);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    log.info("contends anew", e);
                }
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        } catch (InterruptedException e) {
            log.debug("contends no more", e);
        }
    }

    boolean isHeld() {
        Claim last = claim;
        return last != null && last.isHeld();
    }

    /** Ends the claim, then the round, and waits until that has released what it held, for half a minute at most. */
    @Override
    public void close() {
        closed = true;
        Claim last = claim;
        if (last != null) {
            last.close();
        }
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                running.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
