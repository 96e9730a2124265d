package dev.baton.cli.demo;

/** A scene that did not go as it should. Its message says what was awaited. */
final class BrokenScene extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenScene(String message) {
        super(message);
    }
}
