package dev.baton.cli.command;

/** How {@code baton} ends, for scripts; the help of each subcommand says what they mean there. */
public final class ExitCode {
    /** Done; nothing is to be complained of. */
    public static final int DONE = 0;

    /** A promise was broken, or what was asked for could not be done. */
    public static final int FAILED = 1;

    /** An argument is wrong; nothing was done. */
    public static final int WRONG_ARGUMENT = 2;

    /** An election has no leader, or there is no election. */
    public static final int NO_LEADER = 3;

    private ExitCode() {}
}
