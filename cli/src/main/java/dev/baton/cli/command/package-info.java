/**
 * The common code of subcommands: their declaration, the rejection of arguments, exit codes, output, and the format of
 * times.
 */
@NullMarked
package dev.baton.cli.command;

import org.jspecify.annotations.NullMarked;
