package dev.baton.campaign.process;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only a leader may do: reads a register, thinks, and writes what it made of it, again and again. It asks whether it
 * leads before each round, as a careful user does, and not between its thinking and its writing, where asking would help as
 * little as a moment before: a process may stop anywhere.
 */
final class Worker implements Leadership, Runnable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final long IDLE_MILLIS = 5;
    private static final int LEAST_THOUGHT_MILLIS = 5;
    private static final int MOST_THOUGHT_MILLIS = 40;

    private final Contender contender;
    private final RegisterClient registers;
    private final Diary diary;
    private final SplittableRandom random;
    private volatile @Nullable Term term;

    private record Term(@Nullable Long token) {}

    Worker(Contender contender, RegisterClient registers, Diary diary, long seed) {
        this.contender = contender;
        this.registers = registers;
        this.diary = diary;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void began(@Nullable Long token) {
        diary.began(token);
        term = new Term(token);
    }

    @Override
    public void ended() {
        diary.ended();
        term = null;
    }

    @Override
    public void run() {
        try {
            while (true) {
                Term now = term;
                if (now == null || !contender.claimsToLead()) {
                    TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
                    continue;
                }
                if (now.token() != null) {
                    update("fenced", now.token());
                }
                if (contender.claimsToLead()) {
                    update("unfenced", now.token());
                }
            }
        } catch (InterruptedException e) {
            log.debug("stops", e);
        }
    }

    private void update(String register, @Nullable Long token) throws InterruptedException {
        Long held = registers.read(register, token);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LEAST_THOUGHT_MILLIS, MOST_THOUGHT_MILLIS));
        if (held != null) {
            registers.write(register, token, held);
        }
    }
}
