package dev.baton.spi;

import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/** The thread that makes the calls of a request queue, one after another. A sender that died is followed by another. */
final class Sender {
    private final RequestQueue requests;
    private final ThreadFactory threads;
    private final BooleanSupplier closed;
    private final Logger log;
    private volatile Thread thread;

    /** @param closed whether the runtime is closed, after which no more calls are made */
    Sender(RequestQueue requests, ThreadFactory threads, BooleanSupplier closed, Logger log) {
        this.requests = requests;
        this.threads = threads;
        this.closed = closed;
        this.log = log;
        this.thread = threads.newThread(this::sendRequests);
    }

    void start() {
        thread.start();
    }

    void end() {
        thread.interrupt();
    }

    /** Starts another thread if this one has died; requests that are never answered do not keep the others waiting. */
    void watch(Moment now) {
        requests.releaseOverdue(now);
        if (!thread.isAlive() && !closed.getAsBoolean()) {
            Thread next = threads.newThread(this::sendRequests);
            next.start();
            thread = next;
        }
    }

    private void sendRequests() {
        while (!closed.getAsBoolean()) {
            try {
                requests.take().run();
            } catch (InterruptedException e) {
                log.debug(
                        "the sender was interrupted: its backend was closed, or a call left the interrupt flag set", e);
            } catch (Throwable e) {
                log.error("sending a request failed", e);
            }
        }
    }
}
