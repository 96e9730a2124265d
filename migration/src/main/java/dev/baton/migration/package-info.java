/** Moves a live fleet from one store to another. */
@NullMarked
package dev.baton.migration;

import org.jspecify.annotations.NullMarked;
