package dev.baton.cli.command;

/** The exit codes of {@code baton}, for scripts; the help of each subcommand explains them. */
public final class ExitCode {
    /** The command succeeded. */
    public static final int DONE = 0;

    /** A promise was broken, or the command failed. */
    public static final int FAILED = 1;

    /** An argument is wrong; the command did nothing. */
    public static final int WRONG_ARGUMENT = 2;

    /** An election has no leader, or there is no election. */
    public static final int NO_LEADER = 3;

    private ExitCode() {}
}
