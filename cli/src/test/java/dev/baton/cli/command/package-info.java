/** Tests of what subcommands share. */
@NullMarked
package dev.baton.cli.command;

import org.jspecify.annotations.NullMarked;
