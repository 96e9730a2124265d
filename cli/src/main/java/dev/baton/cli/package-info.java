/**
 * The {@code baton} command: {@link dev.baton.cli.Baton} has its main method, and {@link dev.baton.cli.VerifyCommand}
 * is a subcommand of one class.
 *
 * <p>Packages depend on each other in one direction only: this one uses the subcommands, {@code demo} and {@code
 * status}, which do not use each other; those use {@code command} and {@code store}, which use neither the other
 * packages nor each other.
 *
 * <p>A new subcommand implements {@code command.Subcommand} and is named in {@link dev.baton.cli.Baton}. A subcommand
 * of one class stays here; a larger one gets a package. It takes the election as an operand if it queries a store, and
 * as {@code --election} if it reads logs. Its page in {@code docs} has a test that runs the page's examples.
 */
@NullMarked
package dev.baton.cli;

import org.jspecify.annotations.NullMarked;
