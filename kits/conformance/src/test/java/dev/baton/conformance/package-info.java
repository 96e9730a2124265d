/** Tests of the kit's own parts. */
@NullMarked
package dev.baton.conformance;

import org.jspecify.annotations.NullMarked;
