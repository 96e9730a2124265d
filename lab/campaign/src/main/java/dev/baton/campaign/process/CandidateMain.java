package dev.baton.campaign.process;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Settings;
import dev.baton.campaign.candidate.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Runs one contender, and does what only a leader may while that says that it leads. On SIGTERM it leaves the contest and
 * ends.
 *
 * <p>Arguments, in this order: the {@link Elector}, the {@link Store}, where that is, the election, the identity,
 * leaseDuration, renewDeadline and retryPeriod in milliseconds, the URL of the registers, the file for the diary, and the
 * first of a billion values that nobody else writes.
 */
public final class CandidateMain {
    private static final int ARGUMENTS = 11;

    private CandidateMain() {}

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != ARGUMENTS) {
            throw new IllegalArgumentException("there must be " + ARGUMENTS
                    + " arguments: elector store where election identity leaseMillis renewMillis retryMillis registers"
                    + " diary firstValue; there are " + arguments.length);
        }
        Settings settings = new Settings(
                Store.valueOf(arguments[1].toUpperCase(Locale.ROOT)),
                arguments[2],
                arguments[3],
                arguments[4],
                millis(arguments[5]),
                millis(arguments[6]),
                millis(arguments[7]));
        long firstValue = Long.parseLong(arguments[10]);
        Diary diary = Diary.at(Path.of(arguments[9]));
        Contender contender = Elector.named(arguments[0]).contenders().open(settings, diary);
        Worker worker = new Worker(contender, new RegisterClient(arguments[8], diary, firstValue), diary, firstValue);
        Runtime.getRuntime().addShutdownHook(new Thread(contender::close, "leave"));
        start(new Witness(contender, diary), "witness");
        start(worker, "worker");
        contender.contend(worker);
        new CountDownLatch(1).await();
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }
}
