package dev.baton.kubernetes;

import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The threads and the monotonic clock of this process, and a wall clock that is set to another time. */
final class ShiftedRuntime extends ForwardingRuntime {
    private final AtomicLong aheadNanos;

    ShiftedRuntime(Duration ahead) {
        super(BackendRuntime.start("shifted", false));
        aheadNanos = new AtomicLong(ahead.toNanos());
    }

    /** Sets the wall clock forward, or back. */
    void step(Duration by) {
        aheadNanos.addAndGet(by.toNanos());
    }

    @Override
    public Moment now() {
        Moment now = super.now();
        return new Moment(now.nanos(), now.wallNanos() + aheadNanos.get());
    }
}
