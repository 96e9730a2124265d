package dev.baton.campaign.process;

import dev.baton.campaign.candidate.Contender;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a contender every few milliseconds whether it leads, and writes down while it says so.
 *
 * <p>A stretch of claims goes from the end of one question to the beginning of another, with no two further apart than
 * {@link #CLOSE_NANOS}: whoever was stopped in between has claimed nothing meanwhile, as nobody could ask.
 */
final class Witness implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Witness.class);
    private static final long PERIOD_MILLIS = 4;
    private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Contender contender;
    private final Diary diary;
    private boolean claiming;
    private long from;
    private long to;

    Witness(Contender contender, Diary diary) {
        this.contender = contender;
        this.diary = diary;
    }

    @Override
    public void run() {
        try {
            while (true) {
                ask();
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            log.debug("stops", e);
        } finally {
            tell();
        }
    }

    private void ask() {
        long before = System.nanoTime();
        boolean leads = contender.claimsToLead();
        long after = System.nanoTime();
        if (after - before > CLOSE_NANOS) {
            // When it answered is not known: the process may have been stopped with the answer in its hand.
            tell();
            claiming = false;
            return;
        }
        if (claiming && (!leads || before - to > CLOSE_NANOS)) {
            tell();
            claiming = false;
        }
        if (leads) {
            from = claiming ? from : after;
            to = Math.max(from, before);
            claiming = true;
            if (to - from > TELL_NANOS) {
                tell();
                from = to;
            }
        }
    }

    private void tell() {
        if (claiming) {
            diary.claims(from, to);
        }
    }
}
