package dev.baton.zookeeper;

import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Writes one node at a fixed cadence, never two writes at a time. An acknowledged write proves the session, for all its
 * elections together. The node is the heartbeat's own: a write to a candidate's node would trigger, and so use up, the
 * watch of a LeaderLatch behind it. In the lane.
 */
final class Heartbeat {

    private final Logger log;
    private final Timekeeper time;
    private final Wire wire;
    private final Parents parents;
    private final String path;
    private final Duration leaseDuration;
    private final Supplier<String> says;
    private final Consumer<Wire.Reply> failed;
    private final Runnable stuck;
    private List<Runnable> asked = new ArrayList<>();
    private Duration period;
    private @Nullable Moment due;
    private Timekeeper.@Nullable Timer timer;
    private @Nullable Moment sentAt;
    private boolean running;
    private boolean created;
    private boolean mended;
    private boolean late;
    private long count;

    /**
     * @param says the text for operators, which is written after the count
     * @param failed receives the answer to a write that did not succeed
     * @param stuck runs when a write stays unanswered for longer than any working client allows
     */
    Heartbeat(
            Logger log,
            Timekeeper time,
            Wire wire,
            Parents parents,
            String folder,
            Duration leaseDuration,
            Duration period,
            Supplier<String> says,
            Consumer<Wire.Reply> failed,
            Runnable stuck) {
        this.log = log;
        this.time = time;
        this.wire = wire;
        this.parents = parents;
        this.path =
                folder + "/" + new UUID(time.random().nextLong(), time.random().nextLong());
        this.period = period;
        this.leaseDuration = leaseDuration;
        this.says = says;
        this.failed = failed;
        this.stuck = stuck;
    }

    /** Starts with a write at once. Requires a connection. */
    void start() {
        if (running) {
            return;
        }
        running = true;
        beat();
    }

    /** Pauses: the connection is lost, or no claim and no observer needs the heartbeat. */
    void pause() {
        running = false;
        asked.clear();
        stop();
    }

    /** Sets the cadence; a shorter one takes effect at once. */
    void every(Duration newPeriod) {
        if (newPeriod.equals(period)) {
            return;
        }
        period = newPeriod;
        Moment soonest = time.now().plus(newPeriod);
        if (due != null && soonest.isBefore(due)) {
            schedule(soonest);
        }
    }

    /** Runs {@code then} after a write sent after this call was acknowledged; never, if that fails. */
    void after(Runnable then) {
        asked.add(then);
        if (sentAt == null) {
            beat();
        }
    }

    private void beat() {
        stop();
        if (!running) {
            return;
        }
        Moment now = time.now();
        // The next beat counts from when this one was due: delays of the timer would stretch the cadence.
        boolean onTime = due != null && !now.isBefore(due) && now.nanosSince(due) < period.toNanos();
        schedule(onTime && due != null ? due.plus(period) : now.plus(period));
        mended = false;
        if (sentAt == null) {
            sentAt = now;
            send();
        } else {
            judge(Duration.ofNanos(now.nanosSince(sentAt)));
        }
    }

    /** A write under way is not sent again: its answer, however late, comes before that of a second write. */
    private void judge(Duration unanswered) {
        if (unanswered.compareTo(leaseDuration.multipliedBy(2)) > 0) {
            // The client library gives up a silent connection after two thirds of the timeout, and then answers.
            stuck.run();
        } else if (!late && unanswered.compareTo(leaseDuration.dividedBy(3)) > 0) {
            late = true;
            log.warn("ZooKeeper has not acknowledged a write for {}", ElectionTiming.text(unanswered));
        }
    }

    private void send() {
        List<Runnable> waiting = asked;
        asked = new ArrayList<>();
        byte[] data = (++count + "\n" + says.get()).getBytes(StandardCharsets.US_ASCII);
        if (created) {
            wire.setData(path, data, reply -> answered(reply, waiting));
        } else {
            parents.create(wire, path, data, CreateMode.EPHEMERAL, reply -> answered(reply, waiting));
        }
    }

    private void answered(Wire.Reply reply, List<Runnable> waiting) {
        sentAt = null;
        switch (reply.code()) {
            case OK -> {
                created = true;
                if (late) {
                    late = false;
                    log.info("ZooKeeper acknowledges writes again");
                }
                waiting.forEach(Runnable::run);
            }
            // An earlier create took effect although its answer was lost; or another client has deleted the node.
            case NODEEXISTS -> {
                mend(waiting, true);
                return;
            }
            case NONODE -> {
                if (created) {
                    mend(waiting, false);
                } else {
                    unable(waiting, reply);
                }
                return;
            }
            default -> {
                unable(waiting, reply);
                return;
            }
        }
        if (!asked.isEmpty()) {
            again();
        }
    }

    /** The next beat tries again, if the connection lasts. */
    private void unable(List<Runnable> waiting, Wire.Reply reply) {
        asked.addAll(waiting);
        failed.accept(reply);
    }

    private void mend(List<Runnable> waiting, boolean exists) {
        created = exists;
        asked.addAll(waiting);
        if (!mended) {
            mended = true;
            again();
        }
    }

    private void again() {
        if (running && sentAt == null) {
            sentAt = time.now();
            send();
        }
    }

    private void schedule(Moment at) {
        stop();
        due = at;
        timer = time.schedule(Duration.ofNanos(Math.max(0, at.nanosSince(time.now()))), this::beat);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
