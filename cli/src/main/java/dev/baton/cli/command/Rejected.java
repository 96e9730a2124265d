package dev.baton.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** An argument that breaks a rule of this command; the message has the value, the rule and the way out. */
public final class Rejected extends ParameterException {
    private static final long serialVersionUID = 1L;

    Rejected(CommandLine command, String message) {
        super(command, message);
    }
}
