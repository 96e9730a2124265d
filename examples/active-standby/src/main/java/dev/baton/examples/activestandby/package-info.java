/** A service of which one instance works and the others stand by. */
@NullMarked
package dev.baton.examples.activestandby;

import org.jspecify.annotations.NullMarked;
