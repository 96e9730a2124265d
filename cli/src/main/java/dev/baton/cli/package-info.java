/**
 * The {@code baton} command: {@link dev.baton.cli.Baton} is where it starts, and {@link dev.baton.cli.VerifyCommand} a
 * subcommand of one class.
 *
 * <p>Packages know each other in one direction only: this one knows the subcommands, {@code demo} and {@code status}, which
 * do not know each other; those know {@code command} and {@code store}, which know nothing of the rest nor of each other.
 */
@NullMarked
package dev.baton.cli;

import org.jspecify.annotations.NullMarked;
