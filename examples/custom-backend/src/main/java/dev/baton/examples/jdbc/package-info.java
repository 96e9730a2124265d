/** A backend as a user would write it, on a SQL database; {@code docs/write-a-backend.md} explains every line. */
@NullMarked
package dev.baton.examples.jdbc;

import org.jspecify.annotations.NullMarked;
