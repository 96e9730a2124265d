/**
 * The {@code baton} command: {@link dev.baton.cli.Baton} is where it starts, and {@link dev.baton.cli.VerifyCommand} a
 * subcommand of one class.
 *
 * <p>Packages know each other in one direction only: this one knows the subcommands, {@code demo} and {@code status}, which
 * do not know each other; those know {@code command} and {@code store}, which know nothing of the rest nor of each other.
 *
 * <p>A new subcommand implements {@code command.Subcommand} and is named in {@link dev.baton.cli.Baton}. One class stays here;
 * more get a package. It takes the election as an operand where it asks a store, and as {@code --election} where it reads
 * logs. Its page in {@code docs} has a test that runs the page's examples.
 */
@NullMarked
package dev.baton.cli;

import org.jspecify.annotations.NullMarked;
