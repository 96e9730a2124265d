package dev.baton;

import dev.baton.event.EndReason;
import dev.baton.spi.FencingToken;
import org.jspecify.annotations.Nullable;

/** Thrown by {@link Leadership#requireValid()}: this process does not lead any more. */
public final class LeadershipLostException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    LeadershipLostException(FencingToken token, @Nullable EndReason reason) {
        super("the term " + token + " is over: " + (reason == null ? "it has ended" : reason.text())
                + "; stop this work, a new term will start it again");
    }
}
