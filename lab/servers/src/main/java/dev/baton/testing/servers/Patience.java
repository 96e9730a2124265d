package dev.baton.testing.servers;

import java.time.Duration;

/** How long a server, a process or a command may take to do what an idle machine does at once, before it counts as failed. */
final class Patience {
    static final Duration LIMIT = Duration.ofMinutes(5);

    private Patience() {}
}
