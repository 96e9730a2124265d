/** Measurements beside the peers, in the same run, with the claims that they have to bear out. */
@NullMarked
package dev.baton.benchmarks;

import org.jspecify.annotations.NullMarked;
