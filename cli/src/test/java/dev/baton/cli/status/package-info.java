/** Tests of {@code baton status}. */
@NullMarked
package dev.baton.cli.status;

import org.jspecify.annotations.NullMarked;
