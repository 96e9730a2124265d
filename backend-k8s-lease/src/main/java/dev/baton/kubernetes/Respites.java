package dev.baton.kubernetes;

import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The waits that the server has asked for with Retry-After, by the subject of the request. Safe for use by many threads. */
final class Respites {
    private final Timekeeper time;
    private final Map<String, Respite> asked = new ConcurrentHashMap<>();

    Respites(Timekeeper time) {
        this.time = time;
    }

    /** Takes the Retry-After of an answer about {@code subject}; zero ends the wait. */
    void heed(String subject, Duration retryAfter) {
        if (retryAfter.isZero()) {
            asked.remove(subject);
        } else {
            asked.put(subject, new Respite(time.now(), retryAfter));
        }
    }

    /**
     * What is left of the wait for {@code subject}; zero when the server has asked for none.
     *
     * @param most the longest wait that the caller can afford, counted from the server's answer
     */
    Duration left(String subject, Duration most) {
        Respite respite = asked.get(subject);
        return respite == null ? Duration.ZERO : respite.left(time.now(), most);
    }

    private record Respite(Moment since, Duration length) {
        Duration left(Moment now, Duration most) {
            Duration wait = length.compareTo(most) < 0 ? length : most;
            Duration left = wait.minusNanos(now.nanosSince(since));
            return left.isNegative() ? Duration.ZERO : left;
        }
    }
}
