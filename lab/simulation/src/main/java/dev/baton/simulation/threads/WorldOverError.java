package dev.baton.simulation.threads;

/** Ends the threads of a world that is over. */
final class WorldOverError extends Error {
    private static final long serialVersionUID = 1L;

    WorldOverError() {
        super("the world is over", null, false, false);
    }
}
