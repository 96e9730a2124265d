/** The end of a build: what its tests came to. */
@NullMarked
package dev.baton.testing.summary;

import org.jspecify.annotations.NullMarked;
