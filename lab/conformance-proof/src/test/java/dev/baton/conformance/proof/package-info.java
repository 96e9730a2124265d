/** Tests of the kit: what keeps the rules passes, and what breaks one is told which. */
@NullMarked
package dev.baton.conformance.proof;

import org.jspecify.annotations.NullMarked;
