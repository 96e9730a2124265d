/**
 * What subcommands share: how they are declared, how they object to an argument and how they end, where their output goes,
 * and how times are written.
 */
@NullMarked
package dev.baton.cli.command;

import org.jspecify.annotations.NullMarked;
