package dev.baton.simulation.threads.process;

import dev.baton.Leadership;
import org.jspecify.annotations.Nullable;

/** What is known of one term's work and stages. Times are nanoseconds of the process, or -1. */
final class Term {
    private final String token;

    @Nullable Leadership leadership;

    @Nullable Thread starter;

    @Nullable Thread stopper;

    int interruptsBefore;
    boolean ours;
    long seenAt = -1;
    long begunAt = -1;
    long returnedAt = -1;
    long stoppedAt = -1;
    long stoppedReturnedAt = -1;
    long drainingAt = -1;
    long overAt = -1;
    boolean drainingTold;
    boolean endedTold;

    Term(String token) {
        this.token = token;
    }

    String token() {
        return token;
    }

    /** Whether a callback runs that is not inside {@code System.exit}. */
    boolean works() {
        return isAtWork(starter) || isAtWork(stopper);
    }

    static boolean isAtWork(@Nullable Thread thread) {
        return thread != null && !dev.baton.simulation.threads.Simulated.isExiting(thread);
    }

    @Override
    public String toString() {
        return "term " + token;
    }
}
