package dev.baton.simulation;

import dev.baton.spi.FencingToken;
import org.jspecify.annotations.Nullable;

/**
 * What leaders work on: one value, read, changed and written back by each. Behind a fence it refuses whoever carries a
 * smaller token than it has seen; without one, updates get lost when a deposed leader writes late.
 */
final class SharedResource {
    private final boolean fence;
    private @Nullable FencingToken greatest;
    private @Nullable FencingToken writer;
    private long version;
    private long corruptions;

    SharedResource(boolean fence) {
        this.fence = fence;
    }

    /** The version read, or −1 when refused. */
    long read(FencingToken token) {
        return admits(token) ? version : -1;
    }

    /** Writes what was made of {@code base}. */
    void write(FencingToken token, long base) {
        if (!admits(token)) {
            return;
        }
        if (base != version) {
            // Two terms share a token only where a restored store counts again: no fence tells them apart.
            if (fence && !token.equals(writer)) {
                throw new ViolationException("the fenced resource took a write with token " + token
                        + " that was made of version " + base + ", and stood at " + version);
            }
            corruptions++;
        }
        version++;
        writer = token;
    }

    private boolean admits(FencingToken token) {
        if (!fence) {
            return true;
        }
        if (greatest != null && greatest.isAfter(token)) {
            return false;
        }
        greatest = token;
        return true;
    }

    long corruptions() {
        return corruptions;
    }
}
