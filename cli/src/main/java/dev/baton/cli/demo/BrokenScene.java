package dev.baton.cli.demo;

/** A scene that failed. Its message names the awaited event. */
final class BrokenScene extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenScene(String message) {
        super(message);
    }
}
